import { Anchor, Text } from '@mantine/core';
import { Link, useNavigate } from '@tanstack/react-router';
import { api } from '~/api/client';
import { type components } from '~/api/schema.gen';
import { type Column, EmptyState, Reason, RelativeTime, ResourceTable, StatusBadge } from '~/components';
import { formatPercent } from '~/design/format';
import { useTopic } from '~/live/live';
import { useSoon } from '~/live/use-live-pages';
import { text } from './text';

type Task = components['schemas']['TaskSummaryDto'];
const { columns: head } = text.detail;

const COLUMNS: readonly Column<Task>[] = [
  {
    ...{ id: 'task', header: head.task },
    cell: ({ task_id: id, type, progress_message }) => (
      <>
        <Anchor component={Link} to={`/tasks/${id}`} size="sm" fw={500}>
          {type}
        </Anchor>
        <Reason text={progress_message} />
      </>
    ),
  },
  { id: 'status', header: head.status, cell: ({ status }) => <StatusBadge family="work" status={status} /> },
  {
    ...{ id: 'progress', header: head.progress, align: 'right' as const },
    cell: ({ progress }) => (
      <Text size="sm" className="q-figures">
        {formatPercent(progress)}
      </Text>
    ),
  },
  { id: 'attempt', header: head.attempt, align: 'right', cell: ({ attempt }) => attempt },
  {
    ...{ id: 'updated', header: head.updated, align: 'right' as const },
    cell: ({ updated_at: at }) => <RelativeTime at={at} />,
  },
];

/** What this agent has and had, the newest first. */
export function AgentTasks({ id }: { readonly id: string }) {
  const navigate = useNavigate();
  const query = api.useQuery('get', '/api/v1/tasks', { params: { query: { agent_id: id, limit: 50 } } });
  const again = useSoon(() => void query.refetch());
  useTopic('tasks', (frames) => {
    if (frames.some((frame) => frame['assigned_agent'] === id)) again();
  });
  return (
    <ResourceTable
      label={text.detail.tasks}
      testId="agent-tasks"
      columns={COLUMNS}
      rows={query.data?.tasks ?? []}
      rowId={({ task_id }) => task_id}
      query={query}
      onOpen={({ task_id }) => void navigate({ to: '/tasks/$id', params: { id: task_id } })}
      empty={<EmptyState {...text.detail.noTasks} testId="agent-no-tasks" />}
    />
  );
}
