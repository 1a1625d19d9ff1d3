import { Card, Group, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import { type ReactNode } from 'react';
import { Mono, RelativeTime } from '~/components';
import { formatDuration, formatPercent } from '~/design/format';
import { type Agent } from './agent';
import { Capabilities } from './capabilities';
import { LoadBar } from './load-bar';
import { text } from './text';

const words = text.detail;
const ALL = 64;

interface FactProps {
  readonly label: string;
  readonly children: ReactNode;
}

const Fact = ({ label, children }: FactProps) => (
  <Group justify="space-between" gap="xs" align="flex-start">
    <Text size="sm" c="dimmed">
      {label}
    </Text>
    <Text size="sm" component="div" ta="right">
      {children}
    </Text>
  </Group>
);

/** How it is, and what was said of it. */
export const AgentFacts = ({ agent }: { readonly agent: Agent }) => (
  <SimpleGrid cols={{ base: 1, md: 2 }}>
    <Now agent={agent} />
    <About agent={agent} />
  </SimpleGrid>
);

function Now({ agent }: { readonly agent: Agent }) {
  const { facts } = words;
  return (
    <Card>
      <Stack gap={8}>
        <Title order={2}>{words.now}</Title>
        <Fact label={facts.heartbeat}>
          <RelativeTime at={agent.last_heartbeat} empty={text.never} />
        </Fact>
        <Fact label={facts.load}>
          <LoadBar name={agent.name} load={agent.current_load} />
        </Fact>
        <Fact label={facts.tasks}>{text.tasksOf(agent.running_tasks, agent.max_tasks)}</Fact>
        <Fact label={facts.reported}>{agent.reported_running_tasks ?? words.unknown}</Fact>
        <Fact label={facts.errors}>{formatPercent(agent.error_rate)}</Fact>
        <Fact label={facts.latency}>
          {agent.latency_ms === null ? words.unknown : formatDuration(agent.latency_ms)}
        </Fact>
        {agent.closed_until !== null && (
          <Fact label={facts.closed}>
            <RelativeTime at={agent.closed_until} />
          </Fact>
        )}
        {agent.health !== undefined && <Fact label={facts.probe}>{agent.health.error ?? words.well}</Fact>}
      </Stack>
    </Card>
  );
}

function About({ agent }: { readonly agent: Agent }) {
  const { endpoints, resources, labels } = agent;
  return (
    <Card>
      <Stack gap={8}>
        <Title order={2}>{words.about}</Title>
        <Fact label={text.type}>{agent.type}</Fact>
        <Fact label={words.takes}>
          {endpoints.task === undefined ? words.pulled : words.pushed(endpoints.task)}
        </Fact>
        <Fact label={words.owner}>
          <Mono>{agent.owner}</Mono>
        </Fact>
        <Fact label={words.created}>
          <RelativeTime at={agent.created_at} />
        </Fact>
        <Fact label={words.resources}>{pairs(resources)}</Fact>
        <Fact label={words.labels}>{pairs(labels)}</Fact>
        <Text size="sm" c="dimmed">
          {text.columns.capabilities}
        </Text>
        <Capabilities of={agent.capabilities} most={ALL} />
      </Stack>
    </Card>
  );
}

const pairs = (of: object): string => {
  const entries = Object.entries(of);
  return entries.length === 0
    ? words.none
    : entries.map(([name, value]) => `${name}: ${String(value)}`).join(', ');
};
