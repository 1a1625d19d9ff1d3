import { Button, Group, Select, Stack, Text, TextInput, UnstyledButton } from '@mantine/core';
import { type ReactNode } from 'react';
import { api } from '~/api/client';
import { useMay } from '~/api/me';
import { type components } from '~/api/schema.gen';
import { addressOf } from '~/api/streams';
import {
  Actor,
  EmptyState,
  Mark,
  Mono,
  PageHeader,
  RelativeTime,
  ResourceTable,
  SaveView,
} from '~/components';
import { EntryDrawer } from './audit/entry-drawer';
import { Verification } from './audit/verification';
import { auditText as words } from './more-text';
import { type AdminSearch, OUTCOMES } from './search';
import { text } from './text';
import { useAdminSearch } from './use-admin-search';

export type Entry = components['schemas']['AuditEntryDto'];

const filterOf = ({ actor, action, resource, outcome }: AdminSearch) => ({
  ...(actor === undefined ? {} : { actor }),
  ...(action === undefined ? {} : { action }),
  ...(resource === undefined ? {} : { resource }),
  ...(outcome === undefined ? {} : { outcome }),
});

/** Who did what, and what was refused. */
export default function AuditPage() {
  const [search, change, open] = useAdminSearch();
  const filter = filterOf(search);
  const query = api.useInfiniteQuery(
    'get',
    '/api/v1/audit',
    { params: { query: { limit: 100, ...filter } } },
    {
      pageParamName: 'cursor',
      initialPageParam: null as string | null,
      getNextPageParam: (page) => page.next_cursor,
    },
  );
  const entries = query.data?.pages.flatMap((page) => page.entries) ?? [];
  const clear = (): void => change({ actor: '', action: '', resource: '', outcome: '' });
  return (
    <>
      <PageHeader
        title={words.title}
        crumbs={[{ label: text.admin }]}
        description={words.about}
        actions={<Exports filter={filter} />}
      />
      <Stack gap="sm">
        <Verification />
        <Filters search={search} change={change} />
        <ResourceTable<Entry>
          label={words.title}
          testId="audit"
          columns={COLUMNS}
          rows={entries}
          rowId={({ id }) => id}
          query={query}
          filtered={Object.keys(filter).length > 0}
          onClearFilter={clear}
          onOpen={({ id, at }) => open({ entry: id, at })}
          card={AsCard}
          empty={<EmptyState {...words.empty} />}
          hasMore={query.hasNextPage}
          onMore={() => void query.fetchNextPage()}
        />
      </Stack>
      <EntryDrawer
        id={search.entry}
        at={search.at}
        listed={entries.find(({ id }) => id === search.entry)}
        onClose={() => change({ entry: '', at: '' })}
      />
    </>
  );
}

const OUTCOME_TONES = { succeeded: 'good', denied: 'warn', failed: 'bad' } as const;

const AsCard = (entry: Entry): ReactNode => (
  <Stack gap={4}>
    <Group justify="space-between" wrap="nowrap" gap="xs">
      <UnstyledButton style={{ overflowWrap: 'anywhere' }}>
        <Mono>{entry.action}</Mono>
      </UnstyledButton>
      <Text size="xs" c="dimmed" style={{ whiteSpace: 'nowrap' }}>
        <RelativeTime at={entry.at} />
      </Text>
    </Group>
    <Text size="xs" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
      {entry.resource_type}/{entry.resource_id} · <Actor id={entry.actor} />
    </Text>
    <div>
      <Mark tone={OUTCOME_TONES[entry.outcome]}>{entry.outcome}</Mark>
    </div>
  </Stack>
);

const COLUMNS = [
  { id: 'at', header: words.time, cell: ({ at }: Entry) => <RelativeTime at={at} />, width: 110 },
  { id: 'actor', header: words.actor, cell: ({ actor }: Entry) => <Actor id={actor} /> },
  { id: 'action', header: words.action, cell: ({ action }: Entry) => <Mono>{action}</Mono> },
  {
    id: 'resource',
    header: words.resource,
    cell: ({ resource_type: type, resource_id: id }: Entry) => <Mono>{`${type}/${id}`}</Mono>,
    hideBelow: 'sm',
  },
  {
    id: 'outcome',
    header: words.outcome,
    cell: ({ outcome }: Entry) => <Mark tone={OUTCOME_TONES[outcome]}>{outcome}</Mark>,
  },
] as const;

interface FiltersProps {
  readonly search: AdminSearch;
  readonly change: (wanted: Partial<Record<keyof AdminSearch, string>>) => void;
}

const FIELDS = [
  { name: 'actor', label: words.actor, placeholder: words.actorAbout },
  { name: 'action', label: words.action, placeholder: words.actionAbout },
  { name: 'resource', label: words.resource, placeholder: words.resourceAbout },
] as const;

/** Texts are asked for when they are done: with Enter, or by leaving the field. */
const Filters = ({ search, change }: FiltersProps) => (
  <Group gap="sm" align="flex-end">
    {FIELDS.map(({ name, label, placeholder }) => (
      <TextInput
        key={`${name} ${search[name] ?? ''}`}
        label={label}
        placeholder={placeholder}
        defaultValue={search[name] ?? ''}
        onBlur={(event) => change({ [name]: event.currentTarget.value })}
        onKeyDown={(event) => event.key === 'Enter' && change({ [name]: event.currentTarget.value })}
        data-testid={`audit-${name}`}
      />
    ))}
    <Select
      label={words.outcome}
      placeholder={words.anyOutcome}
      data={[...OUTCOMES]}
      value={search.outcome ?? null}
      onChange={(outcome) => change({ outcome: outcome ?? '' })}
      clearable
      data-testid="audit-outcome"
    />
    <SaveView />
  </Group>
);

function Exports({ filter }: { readonly filter: Readonly<Record<string, string>> }) {
  const isAllowed = useMay('audit:export');
  if (!isAllowed) return null;
  const address = (format: string): string =>
    addressOf(`/api/v1/audit/export?${new URLSearchParams({ ...filter, format }).toString()}`);
  return (
    <>
      <Button component="a" href={address('csv')} download variant="default" data-testid="audit-csv">
        {words.csv}
      </Button>
      <Button component="a" href={address('ndjson')} download variant="default" data-testid="audit-ndjson">
        {words.ndjson}
      </Button>
    </>
  );
}
