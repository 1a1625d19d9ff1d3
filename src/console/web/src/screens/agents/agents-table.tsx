import { Anchor, Group, Stack, Text } from '@mantine/core';
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
import { type Agent } from './agent';
import { AgentMenu } from './agent-menu';
import { Capabilities } from './capabilities';
import { LoadBar } from './load-bar';
import { text } from './text';

const NameCell = ({ agent }: { readonly agent: Agent }) => (
  <Stack gap={0}>
    <Anchor component={Link} to={`/agents/${agent.id}`} fw={500} size="sm">
      {agent.name}
    </Anchor>
    <Reason text={agent.description === '' ? agent.type : agent.description} />
  </Stack>
);

const StatusCell = ({ agent }: { readonly agent: Agent }) => (
  <Stack gap={2} align="flex-start">
    <StatusBadge family="agent" status={agent.status} />
    {agent.status !== 'active' && <Reason text={agent.status_reason} />}
  </Stack>
);

const TasksCell = ({ agent }: { readonly agent: Agent }) => (
  <Text size="sm" className="q-figures">
    {text.tasksOf(agent.running_tasks, agent.max_tasks)}
  </Text>
);

const COLUMNS: readonly Column<Agent>[] = [
  { id: 'name', header: text.columns.name, cell: (agent) => <NameCell agent={agent} /> },
  { id: 'status', header: text.columns.status, cell: (agent) => <StatusCell agent={agent} /> },
  {
    id: 'load',
    header: text.columns.load,
    cell: ({ name, current_load }) => <LoadBar name={name} load={current_load} />,
  },
  { id: 'tasks', header: text.columns.tasks, align: 'right', cell: (agent) => <TasksCell agent={agent} /> },
  {
    ...{ id: 'capabilities', header: text.columns.capabilities, hideBelow: 'md' as const },
    cell: ({ capabilities }) => <Capabilities of={capabilities} />,
  },
  {
    ...{ id: 'heartbeat', header: text.columns.heartbeat, align: 'right' as const },
    cell: ({ last_heartbeat: at }) => <RelativeTime at={at} empty={text.never} />,
  },
  { id: 'actions', header: '', width: 44, cell: (agent) => <AgentMenu agent={agent} /> },
];

const Card = (agent: Agent): ReactNode => (
  <Stack gap={6}>
    <Group justify="space-between" wrap="nowrap">
      <NameCell agent={agent} />
      <AgentMenu agent={agent} />
    </Group>
    <Group justify="space-between">
      <StatusCell agent={agent} />
      <LoadBar name={agent.name} load={agent.current_load} />
    </Group>
    <Group justify="space-between">
      <TasksCell agent={agent} />
      <Text size="xs" c="dimmed">
        <RelativeTime at={agent.last_heartbeat} empty={text.never} />
      </Text>
    </Group>
  </Stack>
);

type TableProps = Pick<
  ResourceTableProps<Agent>,
  'rows' | 'query' | 'empty' | 'filtered' | 'onClearFilter' | 'hasMore' | 'onMore'
>;

export function AgentsTable(props: TableProps) {
  const navigate = useNavigate();
  return (
    <ResourceTable
      {...props}
      label={text.list}
      testId="agents-table"
      columns={COLUMNS}
      rowId={({ id }) => id}
      onOpen={({ id }) => void navigate({ to: '/agents/$id', params: { id } })}
      card={Card}
    />
  );
}
