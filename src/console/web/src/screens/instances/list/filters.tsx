import { Group, MultiSelect, Pill, Select } from '@mantine/core';
import { SaveView, SearchInput } from '~/components';
import { type InstancesSearch, STATUSES, TYPES } from '../search';
import { text } from '../text';

interface FiltersProps {
  readonly search: InstancesSearch;
  readonly onChange: (search: InstancesSearch) => void;
}

const TYPE_CHOICES = TYPES.map((value) => ({ value, label: text.types[value] }));

export function Filters({ search, onChange }: FiltersProps) {
  const { q = '', status = '', type, label, ...rest } = search;
  const put = (next: Partial<InstancesSearch>): void => {
    const {
      q: words,
      status: statuses,
      type: kind,
      label: labels = [],
    } = { q, status, type, label, ...next };
    onChange({
      ...rest,
      ...(words === '' ? {} : { q: words }),
      ...(statuses === '' ? {} : { status: statuses }),
      ...(kind === undefined ? {} : { type: kind }),
      ...(labels.length === 0 ? {} : { label: labels }),
    });
  };
  const chosen = status === '' ? [] : status.split(',');
  return (
    <Group gap="xs" align="flex-start">
      <SearchInput
        value={q}
        onChange={(words) => put({ q: words })}
        label={text.search}
        testId="instances-search"
      />
      <MultiSelect
        data={[...STATUSES]}
        value={chosen}
        onChange={(statuses) => put({ status: statuses.join(',') })}
        placeholder={chosen.length === 0 ? text.anyStatus : ''}
        aria-label={text.status}
        clearable
        searchable
        maw={320}
        data-testid="instances-status-filter"
      />
      <Select
        data={TYPE_CHOICES}
        value={type ?? null}
        onChange={(kind) => put({ type: TYPES.find((known) => known === kind) })}
        placeholder={text.anyType}
        aria-label={text.type}
        clearable
        w={140}
        data-testid="instances-type-filter"
      />
      {label !== undefined && (
        <Pill.Group h={36} style={{ alignContent: 'center' }} aria-label={text.labels}>
          {label.map((one) => (
            <Pill
              key={one}
              size="md"
              withRemoveButton
              onRemove={() => put({ label: label.filter((other) => other !== one) })}
              removeButtonProps={{ 'aria-label': text.withoutLabel(one), 'aria-hidden': false, tabIndex: 0 }}
              data-testid="instances-label-filter"
            >
              {one}
            </Pill>
          ))}
        </Pill.Group>
      )}
      <SaveView />
    </Group>
  );
}
