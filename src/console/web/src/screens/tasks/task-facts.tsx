import { Anchor, Card, Group, Stack, Text, Title } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { type ReactNode } from 'react';
import { Mono, RelativeTime } from '~/components';
import { formatDuration } from '~/design/format';
import { AgentName } from './agent-name';
import { type Task } from './task';
import { text } from './text';

const words = text.detail;
const MS_PER_S = 1_000;

const Fact = ({ label, children }: { readonly label: string; readonly children: ReactNode }) =>
  children === null ? null : (
    <Group justify="space-between" gap="xs" align="flex-start">
      <Text size="sm" c="dimmed">
        {label}
      </Text>
      <Text size="sm" component="div" ta="right">
        {children}
      </Text>
    </Group>
  );

const when = (at: string | null): ReactNode => (at === null ? null : <RelativeTime at={at} />);

const link = (to: string, label: string): ReactNode => (
  <Anchor component={Link} to={to} size="sm">
    <Mono>{label}</Mono>
  </Anchor>
);

const taskLink = (id: string | null): ReactNode =>
  id === null ? null : link(`/tasks/${id}`, id.slice(0, 8));

/** What was wanted, and when it happened. */
export function TaskFacts({ task }: { readonly task: Task }) {
  const { capabilities, assigned_agent: agent, run_id: run, stage } = task;
  return (
    <Card>
      <Stack gap={8}>
        <Title order={2}>{words.facts}</Title>
        <Fact label={words.agent}>{agent === null ? text.nobody : <AgentName id={agent} />}</Fact>
        <Fact label={words.priority}>{task.priority}</Fact>
        <Fact label={words.capabilities}>
          {capabilities.length === 0 ? words.anybody : capabilities.join(', ')}
        </Fact>
        <Fact label={words.attempts}>{text.attemptOf(task.attempt, task.retry_count + 1)}</Fact>
        <Fact label={words.timeout}>{formatDuration(task.timeout * MS_PER_S)}</Fact>
        <Fact label={words.created}>{when(task.created_at)}</Fact>
        <Fact label={words.started}>{when(task.started_at)}</Fact>
        <Fact label={words.finished}>{when(task.finished_at)}</Fact>
        <Fact label={words.submittedBy}>
          <Mono>{task.submitted_by}</Mono>
        </Fact>
        <Fact label={words.run}>{run === null ? null : link(`/runs/${run}`, run.slice(0, 8))}</Fact>
        <Fact label={words.mark}>
          {task.pipeline_id === null
            ? null
            : `${task.pipeline_id}${stage === null ? '' : ` · ${String(stage)}`}`}
        </Fact>
        <Fact label={words.key}>{task.concurrency_key}</Fact>
        <Fact label={words.retryOf}>{taskLink(task.retry_of)}</Fact>
        <Fact label={words.retriedAs}>{taskLink(task.retried_as)}</Fact>
      </Stack>
    </Card>
  );
}
