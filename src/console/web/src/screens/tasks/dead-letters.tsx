import { Alert, Button, Group, List, Stack } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { rest } from '~/api/client';
import { asks } from '~/api/asks';
import { useMay } from '~/api/me';
import { toProblem } from '~/api/problem';
import { EmptyState, notifyDone, notifyProblem } from '~/components';
import { useLivePages } from '~/live/use-live-pages';
import { type TasksSearch } from './search';
import { readDead } from './read-tasks';
import { type BatchResult, idOf, patchOf, recentlyTold, type TaskSummary } from './task';
import { TasksTable } from './tasks-table';
import { text } from './text';

const words = text.retry;
const FAILED_FROM = 400;

/** What was given up: tried again one by one, or together, each answered for itself. */
export function DeadLetters({ search }: { readonly search: TasksSearch }) {
  const client = useQueryClient();
  const mayRetry = useMay('tasks:retry');
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const [refused, setRefused] = useState<readonly BatchResult[]>([]);
  const { type } = search;
  const { query, rows } = useLivePages<TaskSummary>({
    ...{ key: ['dead-letters', type], topic: 'tasks', idOf, recent: recentlyTold },
    // A task that fails is none of these yet: its frame makes the list be read again.
    patchOf: (frame) => (frame['status'] === 'failed' ? patchOf(frame) : undefined),
    meta: asks('/api/v1/tasks/dead-letters', { query: { type } }),
    read: (cursor, signal) => readDead(search, cursor, signal),
  });
  const retry = async (ids: readonly string[] | undefined): Promise<void> => {
    const body =
      ids === undefined
        ? { limit: 500, ...(type === undefined ? {} : { type }) }
        : { ids: [...ids], limit: 500 };
    const { data, error } = await rest.POST('/api/v1/tasks/dead-letters/retry', { body });
    if (error !== undefined) {
      notifyProblem(toProblem(error));
      return;
    }
    setRefused(data.results.filter(({ status }) => status >= FAILED_FROM));
    setSelected(new Set());
    notifyDone(words.done(data.summary.accepted));
    await client.invalidateQueries({ queryKey: ['dead-letters'] });
  };
  return (
    <Stack gap="sm">
      {mayRetry && rows.length > 0 && (
        <Group gap="xs">
          {selected.size > 0 && (
            <Button onClick={() => void retry([...selected])} data-testid="tasks-retry-selected">
              {words.some(selected.size)}
            </Button>
          )}
          <Button variant="default" onClick={() => void retry(undefined)} data-testid="tasks-retry-all">
            {words.all}
          </Button>
        </Group>
      )}
      {refused.length > 0 && <Refused results={refused} onClose={() => setRefused([])} />}
      <TasksTable
        dead
        rows={rows}
        query={query}
        empty={<EmptyState {...text.noDead} testId="tasks-no-dead" />}
        hasMore={query.hasNextPage}
        onMore={() => void query.fetchNextPage()}
        {...(mayRetry ? { selection: { selected, onChange: setSelected } } : {})}
      />
    </Stack>
  );
}

interface RefusedProps {
  readonly results: readonly BatchResult[];
  readonly onClose: () => void;
}

const Refused = ({ results, onClose }: RefusedProps) => (
  <Alert color="red" title={words.failed(results.length)} withCloseButton onClose={onClose}>
    <List size="sm">
      {results.map(({ index, task_id, problem }) => (
        <List.Item key={index}>
          {task_id}: {problem?.title ?? ''} {problem?.detail ?? ''}
        </List.Item>
      ))}
    </List>
  </Alert>
);
