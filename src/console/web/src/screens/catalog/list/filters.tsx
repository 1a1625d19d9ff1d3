import { Group, SegmentedControl, Select, VisuallyHidden } from '@mantine/core';
import { IconLayoutGrid, IconTable } from '@tabler/icons-react';
import { SaveView, SearchInput } from '~/components';
import { present } from '~/shell/search-params';
import { type CatalogSearch, type ServerType, type Source } from '../search';
import { text } from '../text';

interface FiltersProps {
  readonly search: CatalogSearch;
  readonly onChange: (search: CatalogSearch) => void;
  /** Those that definitions carry, each with how many do. */
  readonly tags: readonly (readonly [string, number])[];
}

const optionsOf = (words: Readonly<Record<string, string>>) =>
  Object.entries(words).map(([value, label]) => ({ value, label }));

export function Filters({ search, onChange, tags }: FiltersProps) {
  const put = (next: { [Name in keyof CatalogSearch]?: CatalogSearch[Name] | undefined }): void =>
    onChange(present({ ...search, ...next }));
  const { q = '', source, type, tag } = search;
  // A link may name a tag that nothing carries any more.
  const known =
    tag === undefined || tags.some(([each]) => each === tag) ? tags : [...tags, [tag, 0] as const];
  return (
    <Group gap="xs">
      <SearchInput
        value={q}
        onChange={(value) => put({ q: value === '' ? undefined : value })}
        testId="catalog-search"
      />
      <Select
        w={150}
        clearable
        value={source ?? null}
        data={optionsOf(text.sources)}
        placeholder={text.filters.source}
        aria-label={text.filters.source}
        onChange={(value) => put({ source: (value ?? undefined) as Source | undefined })}
        data-testid="catalog-source"
      />
      <Select
        w={150}
        clearable
        value={type ?? null}
        data={optionsOf(text.types)}
        placeholder={text.filters.type}
        aria-label={text.filters.type}
        onChange={(value) => put({ type: (value ?? undefined) as ServerType | undefined })}
        data-testid="catalog-type"
      />
      <Select
        w={170}
        clearable
        searchable
        value={tag ?? null}
        data={known.map(([value, count]) => ({ value, label: text.filters.tagged(value, count) }))}
        placeholder={text.filters.tag}
        aria-label={text.filters.tag}
        nothingFoundMessage={text.filters.noTag}
        onChange={(value) => put({ tag: value ?? undefined })}
        data-testid="catalog-tag"
      />
      <SaveView />
      <View value={search.view} onChange={(view) => put({ view, sort: undefined })} />
    </Group>
  );
}

const VIEWS = [
  { value: 'cards', Icon: IconLayoutGrid },
  { value: 'table', Icon: IconTable },
] as const;

interface ViewProps {
  readonly value: CatalogSearch['view'];
  readonly onChange: (view: CatalogSearch['view']) => void;
}

const View = ({ value, onChange }: ViewProps) => (
  <SegmentedControl
    ml="auto"
    value={value ?? 'cards'}
    onChange={(chosen) => onChange(chosen === 'table' ? 'table' : undefined)}
    aria-label={text.view.label}
    data={VIEWS.map(({ value: each, Icon }) => ({
      value: each,
      label: (
        <Group gap={0} title={text.view[each]}>
          <Icon size={16} aria-hidden />
          <VisuallyHidden>{text.view[each]}</VisuallyHidden>
        </Group>
      ),
    }))}
    data-testid="catalog-view"
  />
);
