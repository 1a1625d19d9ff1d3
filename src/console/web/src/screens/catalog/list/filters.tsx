import { Group, Select } from '@mantine/core';
import { SaveView, SearchInput } from '~/components';
import { type CatalogSearch, type ServerType, type Source } from '../search';
import { text } from '../text';

interface FiltersProps {
  readonly search: CatalogSearch;
  readonly onChange: (search: CatalogSearch) => void;
}

const optionsOf = (words: Readonly<Record<string, string>>) =>
  Object.entries(words).map(([value, label]) => ({ value, label }));

export function Filters({ search, onChange }: FiltersProps) {
  const { q: _q, source: _source, type: _type, ...rest } = search;
  const put = (next: Pick<CatalogSearch, 'q' | 'source' | 'type'>): void => onChange({ ...rest, ...next });
  const { q, source, type } = search;
  const now = { ...(q === undefined ? {} : { q }), ...(source && { source }), ...(type && { type }) };
  const without = (key: keyof typeof now) => {
    const { [key]: _gone, ...others } = now;
    return others;
  };
  return (
    <Group gap="xs">
      <SearchInput
        value={q ?? ''}
        onChange={(value) => put(value === '' ? without('q') : { ...now, q: value })}
        testId="catalog-search"
      />
      <Select
        w={150}
        clearable
        value={source ?? null}
        data={optionsOf(text.sources)}
        placeholder={text.filters.source}
        aria-label={text.filters.source}
        onChange={(value) => put(value === null ? without('source') : { ...now, source: value as Source })}
        data-testid="catalog-source"
      />
      <Select
        w={150}
        clearable
        value={type ?? null}
        data={optionsOf(text.types)}
        placeholder={text.filters.type}
        aria-label={text.filters.type}
        onChange={(value) => put(value === null ? without('type') : { ...now, type: value as ServerType })}
        data-testid="catalog-type"
      />
      <SaveView />
    </Group>
  );
}
