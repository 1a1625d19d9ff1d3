import { Anchor, Group, Progress, Stack, Text } from '@mantine/core';
import { Link, useNavigate } from '@tanstack/react-router';
import { type ReactNode } from 'react';
import {
  type Column,
  Reason,
  RelativeTime,
  ResourceTable,
  type ResourceTableProps,
  StatusBadge,
} from '~/components';
import { formatPercent } from '~/design/format';
import { AgentName } from './agent-name';
import { type TaskSummary } from './task';
import { text } from './text';

const WHOLE = 100;
const WAITING: ReadonlySet<string> = new Set(['pending', 'retrying']);

/** One sentence of why it is as it is: what it waits for, what it is at, or what went wrong. */
const reasonOf = (task: TaskSummary): string | null =>
  task.waiting_for ?? (task.status === 'running' ? task.progress_message : (task.error?.message ?? null));

const NameCell = ({ task }: { readonly task: TaskSummary }) => (
  <Stack gap={0}>
    <Anchor component={Link} to={`/tasks/${task.task_id}`} fw={500} size="sm">
      {task.type}
    </Anchor>
    <Text size="xs" c="dimmed" ff="monospace">
      {task.task_id.slice(0, 8)}
    </Text>
  </Stack>
);

const StatusCell = ({ task }: { readonly task: TaskSummary }) => (
  <Stack gap={2} align="flex-start" maw={360}>
    <StatusBadge family="work" status={task.status} />
    <Reason text={reasonOf(task)} lines={WAITING.has(task.status) ? 2 : 1} />
  </Stack>
);

const ProgressCell = ({ task }: { readonly task: TaskSummary }) => (
  <Group gap={8} wrap="nowrap" justify="flex-end">
    <Progress value={task.progress * WHOLE} size={6} w={56} aria-label={text.progressOf(task.type)} />
    <Text size="xs" c="dimmed" className="q-figures" w={36} ta="right">
      {formatPercent(task.progress)}
    </Text>
  </Group>
);

const attempts = ({ attempt, retry_count }: TaskSummary): string => text.attemptOf(attempt, retry_count + 1);

const FIRST: readonly Column<TaskSummary>[] = [
  { id: 'type', header: text.columns.type, cell: (task) => <NameCell task={task} /> },
  { id: 'status', header: text.columns.status, cell: (task) => <StatusCell task={task} /> },
];
const AGE: Column<TaskSummary> = {
  ...{ id: 'age', header: text.columns.age, align: 'right' },
  cell: ({ created_at: at }) => <RelativeTime at={at} />,
};
const ATTEMPT: Column<TaskSummary> = {
  ...{ id: 'attempt', header: text.columns.attempt, align: 'right', hideBelow: 'md' },
  cell: (task) => <span className="q-figures">{attempts(task)}</span>,
};

const ALL: readonly Column<TaskSummary>[] = [
  ...FIRST,
  { id: 'priority', header: text.columns.priority, hideBelow: 'md', cell: ({ priority }) => priority },
  {
    id: 'progress',
    header: text.columns.progress,
    align: 'right',
    cell: (task) => <ProgressCell task={task} />,
  },
  {
    ...{ id: 'agent', header: text.columns.agent, hideBelow: 'sm' },
    cell: ({ assigned_agent: id }) => (id === null ? '' : <AgentName id={id} />),
  },
  ATTEMPT,
  AGE,
];

const DEAD: readonly Column<TaskSummary>[] = [
  ...FIRST,
  {
    ...{ id: 'reason', header: text.columns.reason },
    cell: ({ dead_reason: reason }) => text.deadReasons[reason ?? ''] ?? reason,
  },
  ATTEMPT,
  AGE,
];

const Card = (task: TaskSummary): ReactNode => (
  <Stack gap={6}>
    <Group justify="space-between" align="flex-start">
      <NameCell task={task} />
      <Text size="xs" c="dimmed">
        <RelativeTime at={task.created_at} />
      </Text>
    </Group>
    <StatusCell task={task} />
    <ProgressCell task={task} />
  </Stack>
);

type TableProps = Omit<
  ResourceTableProps<TaskSummary>,
  'label' | 'testId' | 'columns' | 'rowId' | 'rowName' | 'onOpen' | 'card'
>;

export function TasksTable({ dead, ...props }: TableProps & { readonly dead: boolean }) {
  const navigate = useNavigate();
  return (
    <ResourceTable
      {...props}
      label={dead ? text.tabs.dead : text.list}
      testId={dead ? 'tasks-dead' : 'tasks-table'}
      columns={dead ? DEAD : ALL}
      rowId={({ task_id }) => task_id}
      rowName={({ type }) => type}
      onOpen={({ task_id }) => void navigate({ to: '/tasks/$id', params: { id: task_id } })}
      card={Card}
    />
  );
}
