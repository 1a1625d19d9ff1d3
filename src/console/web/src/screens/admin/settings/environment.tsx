import { Stack, Text } from '@mantine/core';
import { api } from '~/api/client';
import { type components } from '~/api/schema.gen';
import { EmptyState, Mark, Mono, ResourceTable } from '~/components';
import { settingText as words } from '../more-text';
import { text } from '../text';

type Entry = components['schemas']['ConfigurationEntryDto'];

/** The variables of the process that answers, and where each value comes from. */
export function Environment() {
  const query = api.useQuery('get', '/api/v1/configuration');
  return (
    <ResourceTable<Entry>
      label={words.tabs.environment}
      testId="environment"
      columns={COLUMNS}
      rows={query.data?.configuration ?? []}
      rowId={({ name }) => name}
      query={query}
      empty={<EmptyState {...words.empty} />}
    />
  );
}

const valueOf = ({ value, secret, is_set: isSet }: Entry): string => {
  if (!isSet) return words.unset;
  return secret ? words.secretSet : (value ?? text.none);
};

const COLUMNS = [
  {
    id: 'name',
    header: words.name,
    cell: ({ name, description }: Entry) => (
      <Stack gap={0}>
        <Mono>{name}</Mono>
        <Text size="xs" c="dimmed" maw={480}>
          {description}
        </Text>
      </Stack>
    ),
  },
  {
    id: 'value',
    header: words.value,
    cell: (entry: Entry) =>
      entry.value === null ? (
        <Text size="sm" c="dimmed">
          {valueOf(entry)}
        </Text>
      ) : (
        <Mono>{entry.value}</Mono>
      ),
  },
  {
    id: 'source',
    header: words.source,
    cell: ({ source }: Entry) => (
      <Mark tone={source === 'default' || source === 'unset' ? 'idle' : 'good'}>{source}</Mark>
    ),
    hideBelow: 'sm',
  },
] as const;
