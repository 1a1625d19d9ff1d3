import { Button, Group, Stack, Text, Title } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { type ReactNode } from 'react';
import { api, rest } from '~/api/client';
import { useMay } from '~/api/me';
import { toProblem } from '~/api/problem';
import { type components } from '~/api/schema.gen';
import { type Column, notifyDone, notifyProblem, PageHeader, Reason, ResourceTable } from '~/components';
import { formatDuration, formatNumber, formatRate } from '~/design/format';
import { QueueState } from './queue-state';
import { TaskLimits } from './task-limits';
import { text } from './text';

type Queue = components['schemas']['QueueDto'];

const words = text.queues;
const REFETCH_MS = 3_000;

const duration = (ms: number | null): string => (ms === null ? '' : formatDuration(ms));
const count = (value: number): ReactNode => <span className="q-figures">{formatNumber(value)}</span>;

const NameCell = ({ queue }: { readonly queue: Queue }) => (
  <Stack gap={0} maw={420}>
    <Text size="sm" fw={500}>
      {queue.name}
    </Text>
    <Reason text={queue.purpose} />
  </Stack>
);

const latencyOf = ({ wait_ms, run_ms }: Queue): string =>
  wait_ms === null || run_ms === null ? '' : `${formatDuration(wait_ms)} / ${formatDuration(run_ms)}`;

const COLUMNS: readonly Column<Queue>[] = [
  { id: 'name', header: words.columns.name, cell: (queue) => <NameCell queue={queue} /> },
  { id: 'state', header: words.columns.state, cell: (queue) => <QueueState queue={queue} /> },
  { id: 'waiting', header: words.columns.waiting, align: 'right', cell: ({ waiting }) => count(waiting) },
  { id: 'active', header: words.columns.active, align: 'right', cell: ({ active }) => count(active) },
  {
    id: 'delayed',
    header: words.columns.delayed,
    align: 'right',
    hideBelow: 'md',
    cell: ({ delayed }) => count(delayed),
  },
  { id: 'failed', header: words.columns.failed, align: 'right', cell: ({ failed }) => count(failed) },
  {
    id: 'oldest',
    header: words.columns.oldest,
    align: 'right',
    cell: ({ oldest_waiting_ms: ms }) => duration(ms),
  },
  {
    id: 'rate',
    header: words.columns.rate,
    align: 'right',
    cell: ({ done_per_minute: rate }) => formatRate(rate),
  },
  { id: 'latency', header: words.columns.latency, align: 'right', hideBelow: 'md', cell: latencyOf },
  {
    ...{ id: 'workers', header: words.columns.workers, align: 'right' as const, hideBelow: 'md' as const },
    cell: ({ workers }) => workers ?? words.unknown,
  },
  { id: 'actions', header: '', width: 96, cell: (queue) => <PauseButton queue={queue} /> },
];

function PauseButton({ queue }: { readonly queue: Queue }) {
  const client = useQueryClient();
  if (!useMay('queues:operate')) return null;
  const { name, paused } = queue;
  const toggle = async (): Promise<void> => {
    const init = { params: { path: { name } } };
    const { error } = paused
      ? await rest.POST('/api/v1/queues/{name}/resume', init)
      : await rest.POST('/api/v1/queues/{name}/pause', init);
    if (error !== undefined) {
      notifyProblem(toProblem(error));
      return;
    }
    notifyDone(paused ? words.resumedNow(name) : words.pausedNow(name));
    await client.invalidateQueries({ queryKey: ['get', '/api/v1/queues'] });
  };
  return (
    <Button
      size="compact-sm"
      style={{ flexShrink: 0 }}
      variant="default"
      onClick={() => void toggle()}
      aria-label={`${paused ? words.resume : words.pause}: ${name}`}
      data-testid={paused ? 'queues-resume' : 'queues-pause'}
    >
      {paused ? words.resume : words.pause}
    </Button>
  );
}

const Card = (queue: Queue): ReactNode => (
  <Stack gap={6}>
    <Group justify="space-between" wrap="nowrap" align="flex-start">
      <NameCell queue={queue} />
      <PauseButton queue={queue} />
    </Group>
    <Group justify="space-between">
      <QueueState queue={queue} />
      <Text size="xs" c="dimmed">
        {words.columns.waiting} {queue.waiting} · {words.columns.active} {queue.active} ·{' '}
        {words.columns.failed} {queue.failed}
      </Text>
    </Group>
  </Stack>
);

export default function QueuesPage() {
  const query = api.useQuery('get', '/api/v1/queues', {}, { refetchInterval: REFETCH_MS });
  return (
    <>
      <PageHeader
        title={words.title}
        crumbs={[{ label: text.title, to: '/tasks' }]}
        description={words.description}
      />
      <Stack gap="lg">
        <Stack gap={4}>
          <ResourceTable
            label={words.list}
            testId="queues-table"
            columns={COLUMNS}
            rows={query.data?.queues ?? []}
            rowId={({ name }) => name}
            query={query}
            empty={null}
            card={Card}
          />
          {query.data !== undefined && (
            <Text size="xs" c="dimmed">
              {words.on(query.data.backend)}
            </Text>
          )}
        </Stack>
        <Stack gap="sm">
          <Title order={2}>{words.limits}</Title>
          <Text size="sm" c="dimmed">
            {words.limitsText}
          </Text>
          <TaskLimits />
        </Stack>
      </Stack>
    </>
  );
}
