import { Alert, Button, Group, Select, SimpleGrid, Skeleton, Stack, Text } from '@mantine/core';
import { IconRefresh } from '@tabler/icons-react';
import { api } from '~/api/client';
import { useMay } from '~/api/me';
import { EmptyState, Mono, notifyProblem, ProblemCard, RelativeTime, SearchInput } from '~/components';
import { words as frame } from '~/design/words';
import { InstallLink } from '../links';
import { type CatalogSearch } from '../search';
import { type Entry, type Registry, useEntries, useRegistry } from './data';
import { EntryCard } from './entry-card';
import { text } from './text';

const words = text.registry;
const COLUMNS = { base: 1, xs: 2, md: 3, xl: 4 };
const SKELETONS = 8;
const CARD_HEIGHT = 150;

interface RegistryTabProps {
  readonly search: CatalogSearch;
  readonly onChange: (search: CatalogSearch) => void;
  /** Called with the document of a server that is to be added. */
  readonly onAdd: (content: string) => void;
}

/** Servers of another registry, from the copy that is kept here. */
export function RegistryTab({ search, onChange, onAdd }: RegistryTabProps) {
  const registry = useRegistry();
  if (registry.isPending) return <Skeleton height={CARD_HEIGHT} />;
  if (registry.isError)
    return <ProblemCard problem={registry.error} onRetry={() => void registry.refetch()} />;
  const { mirror } = registry.data;
  if (mirror.url === null && mirror.entries === 0) return <NoRegistry />;
  return (
    <Stack gap="sm">
      <Source registry={registry.data} onAsked={() => void registry.refetch()} />
      <Filters search={search} onChange={onChange} />
      <Entries
        search={search}
        state={`${mirror.synced_at ?? ''}${String(mirror.entries)}`}
        onAdd={onAdd}
        onClear={() => onChange({ tab: 'registry' })}
      />
    </Stack>
  );
}

const NoRegistry = () => (
  <EmptyState
    {...words.none}
    action={
      <InstallLink to="/admin/settings" variant="default" data-testid="registry-settings">
        {words.settings}
      </InstallLink>
    }
    testId="registry-none"
  />
);

function Source({
  registry: { mirror },
  onAsked,
}: {
  readonly registry: Registry;
  readonly onAsked: () => void;
}) {
  const mayRefresh = useMay('servers:create') && mirror.url !== null;
  const asking = api.useMutation('post', '/api/v1/registry/refresh');
  const ask = (): void => asking.mutate({}, { onSuccess: onAsked, onError: (error) => notifyProblem(error) });
  return (
    <Stack gap="xs" data-testid="registry-source" data-status={mirror.status}>
      <Group justify="space-between" gap="xs">
        <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
          {words.from} <Mono>{mirror.url ?? '–'}</Mono> · {words.servers(mirror.entries)} ·{' '}
          {mirror.synced_at === null ? (
            words.never
          ) : (
            <>
              {words.synced} <RelativeTime at={mirror.synced_at} />
            </>
          )}
        </Text>
        {mayRefresh && (
          <Button
            size="xs"
            variant="default"
            leftSection={<IconRefresh size={14} aria-hidden />}
            onClick={ask}
            loading={asking.isPending || mirror.status === 'running'}
            data-testid="registry-refresh"
          >
            {words.refresh}
          </Button>
        )}
      </Group>
      {mirror.status === 'failed' && (
        <Alert color="yellow" variant="light" title={words.failed} data-testid="registry-failed">
          {mirror.detail} {mirror.entries > 0 && words.stays}
        </Alert>
      )}
    </Stack>
  );
}

function Filters({ search, onChange }: Pick<RegistryTabProps, 'search' | 'onChange'>) {
  const { q, kind, ...rest } = search;
  return (
    <Group gap="xs">
      <SearchInput
        value={q ?? ''}
        label={words.search}
        onChange={(value) =>
          onChange({ ...rest, ...(kind && { kind }), ...(value === '' ? {} : { q: value }) })
        }
        testId="registry-search"
      />
      <Select
        w={150}
        clearable
        value={kind ?? null}
        data={Object.entries(words.kinds).map(([value, label]) => ({ value, label }))}
        placeholder={words.kind}
        aria-label={words.kind}
        onChange={(value) =>
          onChange({ ...rest, ...(q && { q }), ...(value === null ? {} : { kind: value }) })
        }
        data-testid="registry-kind"
      />
    </Group>
  );
}

interface EntriesProps {
  readonly search: CatalogSearch;
  readonly state: string;
  readonly onAdd: (content: string) => void;
  readonly onClear: () => void;
}

function Entries({ search: { q, kind }, state, onAdd, onClear }: EntriesProps) {
  const query = useEntries({ ...(q && { q }), ...(kind && { kind }) }, state);
  if (query.isPending) return <Loading />;
  if (query.isError) return <ProblemCard problem={query.error} onRetry={() => void query.refetch()} />;
  const entries: readonly Entry[] = query.data.pages.flatMap((page) => page.entries);
  if (entries.length === 0)
    return q === undefined && kind === undefined ? (
      <EmptyState {...words.empty} testId="registry-empty" />
    ) : (
      <NoMatch onClear={onClear} />
    );
  return (
    <>
      <SimpleGrid
        cols={COLUMNS}
        spacing="sm"
        role="group"
        aria-label={words.label}
        data-testid="registry-entries"
      >
        {entries.map((entry) => (
          <EntryCard key={entry.name} entry={entry} onAdd={onAdd} />
        ))}
      </SimpleGrid>
      {query.hasNextPage && (
        <Button
          variant="default"
          loading={query.isFetchingNextPage}
          onClick={() => void query.fetchNextPage()}
          data-testid="registry-more"
        >
          {words.more}
        </Button>
      )}
    </>
  );
}

const NoMatch = ({ onClear }: { readonly onClear: () => void }) => (
  <EmptyState
    {...words.noMatch}
    action={
      <Button variant="default" onClick={onClear} data-testid="clear-filters">
        {frame.clearFilters}
      </Button>
    }
    testId="registry-no-match"
  />
);

const Loading = () => (
  <SimpleGrid cols={COLUMNS} spacing="sm" aria-busy>
    {Array.from({ length: SKELETONS }, (_, at) => (
      <Skeleton key={at} height={CARD_HEIGHT} />
    ))}
  </SimpleGrid>
);
