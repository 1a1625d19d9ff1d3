import { Button, Group, Tabs } from '@mantine/core';
import { getRouteApi } from '@tanstack/react-router';
import { type ReactNode, useMemo } from 'react';
import { asks } from '~/api/asks';
import { useMay } from '~/api/me';
import { CalmRows, EmptyState, PageHeader, SaveView, SearchInput } from '~/components';
import { FilterSelect } from '~/components/filter-select';
import { useLivePages } from '~/live/use-live-pages';
import { present } from '~/shell/search-params';
import { DeadLetters } from './dead-letters';
import { STATUSES, TABS, type TasksSearch } from './search';
import { SubmitDrawer } from './submit-drawer';
import { readTasks } from './read-tasks';
import { idOf, patchOf, recentlyTold, type TaskSummary } from './task';
import { TasksTable } from './tasks-table';
import { text } from './text';

const route = getRouteApi('/inside/tasks');

type Change = { readonly [Name in keyof TasksSearch]?: TasksSearch[Name] | undefined };

export default function TasksPage() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const maySubmit = useMay('tasks:submit');
  const tab = search.tab ?? 'all';
  const set = (change: Change): void =>
    void navigate({
      search: present({ ...search, ...change }),
      replace: !('panel' in change || 'tab' in change),
    });
  const submit = (
    <Button onClick={() => set({ panel: 'submit' })} data-testid="tasks-submit">
      {text.submit.open}
    </Button>
  );
  return (
    <>
      <PageHeader
        title={text.title}
        description={text.description}
        actions={maySubmit ? submit : undefined}
      />
      <Tabs value={tab} onChange={(value) => set({ tab: TABS.find((each) => each === value) })} mb="sm">
        <Tabs.List>
          {TABS.map((each) => (
            <Tabs.Tab key={each} value={each} data-testid={`tasks-tab-${each}`}>
              {text.tabs[each]}
            </Tabs.Tab>
          ))}
        </Tabs.List>
      </Tabs>
      <Filters search={search} set={set} withStatus={tab === 'all'} />
      {tab === 'all' ? (
        <AllTasks search={search} set={set} action={maySubmit ? submit : undefined} />
      ) : (
        <DeadLetters search={search} />
      )}
      <SubmitDrawer opened={search.panel === 'submit'} onClose={() => set({ panel: undefined })} />
    </>
  );
}

interface PartProps {
  readonly search: TasksSearch;
  readonly set: (change: Change) => void;
}

function AllTasks({ search, set, action }: PartProps & { readonly action: ReactNode }) {
  const { status, type, agent } = search;
  const key = useMemo(() => ['tasks', { status, type, agent }], [status, type, agent]);
  const { query, rows } = useLivePages<TaskSummary>({
    ...{ key, topic: 'tasks', patchOf, idOf, recent: recentlyTold },
    meta: asks('/api/v1/tasks', { query: { status, type, agent_id: agent } }),
    read: (cursor, signal) => readTasks(search, cursor, signal),
  });
  // A row that left the filter by what a frame said leaves the list.
  const fitting = rows.filter((task) => status === undefined || task.status === status);
  return (
    <CalmRows rows={fitting} rowId={({ task_id: id }) => id} testId="tasks">
      {(shown) => (
        <TasksTable
          dead={false}
          rows={shown}
          query={query}
          filtered={status !== undefined || type !== undefined || agent !== undefined}
          onClearFilter={() => set({ status: undefined, type: undefined, agent: undefined })}
          hasMore={query.hasNextPage}
          onMore={() => void query.fetchNextPage()}
          empty={
            <EmptyState {...text.empty} {...(action === undefined ? {} : { action })} testId="tasks-empty" />
          }
        />
      )}
    </CalmRows>
  );
}

function Filters({ search, set, withStatus }: PartProps & { readonly withStatus: boolean }) {
  return (
    <Group gap="xs" mb="sm">
      <SearchInput
        value={search.type ?? ''}
        onChange={(type) => set({ type: type === '' ? undefined : type })}
        label={text.type}
        testId="tasks-type"
      />
      {withStatus && (
        <FilterSelect
          {...{
            label: text.status,
            values: STATUSES,
            value: search.status,
            width: 150,
            testId: 'tasks-status',
          }}
          onChange={(status) => set({ status })}
        />
      )}
      <SaveView />
    </Group>
  );
}
