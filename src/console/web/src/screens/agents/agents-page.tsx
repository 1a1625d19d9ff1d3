import { Button, Group, Text } from '@mantine/core';
import { getRouteApi } from '@tanstack/react-router';
import { useMemo } from 'react';
import { asks } from '~/api/asks';
import { useMay } from '~/api/me';
import { addressOf } from '~/api/streams';
import { CalmRows, CodeBlock, EmptyState, PageHeader, SaveView, SearchInput, Shown } from '~/components';
import { FilterSelect } from '~/components/filter-select';
import { useLivePages } from '~/live/use-live-pages';
import { present } from '~/shell/search-params';
import { fits, idOf, patchOf, recentlyTold } from './agent';
import { readAgents } from './read-agents';
import { AgentsTable } from './agents-table';
import { MatchDrawer } from './match-drawer';
import { RegisterDrawer } from './register-drawer';
import { type AgentsSearch, STATUSES, TYPES } from './search';
import { text } from './text';

const route = getRouteApi('/inside/agents');
/** As often as agents speak at most. */
const HEARTBEATS_MS = 5_000;

export default function AgentsPage() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const mayRegister = useMay('agents:register');
  const { q, status, type, panel } = search;
  const key = useMemo(() => ['agents', { status, type }], [status, type]);
  const { query, rows } = useLivePages({
    ...{ key, topic: 'agents' as const, patchOf, idOf, recent: recentlyTold },
    meta: asks('/api/v1/agents', { query: { status, type } }),
    everyMs: HEARTBEATS_MS,
    read: (cursor, signal) => readAgents(search, cursor, signal),
  });
  const set = (change: { [Name in keyof AgentsSearch]?: AgentsSearch[Name] | undefined }): void =>
    void navigate({ search: present({ ...search, ...change }), replace: !('panel' in change) });
  const shown = rows.filter((agent) => fits(agent, q) && (status === undefined || agent.status === status));
  const openRegister = (
    <Button onClick={() => set({ panel: 'register' })} data-testid="agents-register">
      {text.register.open}
    </Button>
  );
  return (
    <>
      <PageHeader
        title={text.title}
        description={text.description}
        actions={
          <>
            <Button variant="default" onClick={() => set({ panel: 'match' })} data-testid="agents-match">
              {text.match.open}
            </Button>
            {mayRegister && openRegister}
          </>
        }
      />
      <Filters search={search} set={set} shown={shown.length} total={rows.length} />
      <CalmRows rows={shown} rowId={({ id }) => id} testId="agents">
        {(calmed) => (
          <AgentsTable
            rows={calmed}
            query={query}
            filtered={q !== undefined || status !== undefined || type !== undefined}
            onClearFilter={() => set({ q: undefined, status: undefined, type: undefined })}
            hasMore={query.hasNextPage}
            onMore={() => void query.fetchNextPage()}
            empty={<Empty action={mayRegister ? openRegister : undefined} />}
          />
        )}
      </CalmRows>
      <RegisterDrawer opened={panel === 'register'} onClose={() => set({ panel: undefined })} />
      <MatchDrawer opened={panel === 'match'} onClose={() => set({ panel: undefined })} />
    </>
  );
}

const Empty = ({ action }: { readonly action?: React.ReactNode }) => (
  <EmptyState
    title={text.empty.title}
    text={text.empty.text}
    link={{ label: text.empty.link, to: '/pipelines' }}
    {...(action === undefined ? {} : { action })}
    testId="agents-empty"
  >
    <Text size="sm" fw={500}>
      {text.empty.demo}
    </Text>
    <CodeBlock code={text.empty.command} label={text.empty.demo} testId="agents-demo" />
    {action !== undefined && (
      <>
        <Text size="sm" fw={500}>
          {text.empty.curl}
        </Text>
        <CodeBlock
          code={registerCurl(window.location.origin + addressOf('/api/v1/agents/register'))}
          label={text.empty.curl}
          testId="agents-curl"
        />
      </>
    )}
  </EmptyState>
);

/** What any program would send; its answer holds the token. */
const registerCurl = (url: string): string =>
  [
    `curl -X POST ${url} \\`,
    '  -H "Authorization: Bearer $QUAYSIDE_API_KEY" \\',
    '  -H "Content-Type: application/json" \\',
    `  -d '${JSON.stringify({ name: 'my-agent', type: 'worker', capabilities: ['reading'] })}'`,
  ].join('\n');

interface FiltersProps {
  readonly search: AgentsSearch;
  readonly set: (change: { [Name in keyof AgentsSearch]?: AgentsSearch[Name] | undefined }) => void;
  readonly shown: number;
  readonly total: number;
}

function Filters({ search, set, shown, total }: FiltersProps) {
  return (
    <Group gap="xs" mb="sm">
      <SearchInput
        value={search.q ?? ''}
        onChange={(q) => set({ q: q === '' ? undefined : q })}
        label={text.search}
        testId="agents-search"
      />
      <FilterSelect
        {...{
          label: text.status,
          values: STATUSES,
          value: search.status,
          width: 140,
          testId: 'agents-status',
        }}
        onChange={(status) => set({ status })}
      />
      <FilterSelect
        {...{ label: text.type, values: TYPES, value: search.type, width: 150, testId: 'agents-type' }}
        onChange={(type) => set({ type })}
      />
      <Shown
        shown={shown}
        total={total}
        onClear={() => set({ q: undefined, status: undefined, type: undefined })}
      />
      <SaveView />
    </Group>
  );
}
