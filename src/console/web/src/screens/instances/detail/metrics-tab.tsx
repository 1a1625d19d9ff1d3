import { Anchor, Card, Group, SegmentedControl, Skeleton, Stack, Table, Text, Title } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { api } from '~/api/client';
import { type components } from '~/api/schema.gen';
import { EmptyState, Mono, ProblemCard, RelativeTime } from '~/components';
import { formatDuration, formatNumber } from '~/design/format';
import { text } from '../detail-text';
import { WINDOWS } from '../search';
import { type PanelProps } from './panel';
import { PointTable } from './point-table';
import { CallsChart, LatencyChart } from './series-charts';
import classes from './detail.module.css';

type Metrics = components['schemas']['InstanceMetricsDto'];

const words = text.metrics;
const REFRESH_MS = 15_000;

export default function MetricsTab({ instance }: PanelProps) {
  const { window = '24h' } = useSearch({ from: '/inside/instances/$name' });
  const navigate = useNavigate({ from: '/instances/$name' });
  const { data, error, refetch } = api.useQuery(
    'get',
    '/api/v1/mcp/instances/{id}/metrics',
    { params: { path: { id: instance.id }, query: { window } } },
    { refetchInterval: REFRESH_MS, placeholderData: (before: Metrics | undefined) => before },
  );
  const choose = (value: string): void => {
    const next = WINDOWS.find((known) => known === value) ?? '24h';
    void navigate({ search: { tab: 'metrics', ...(next === '24h' ? {} : { window: next }) }, replace: true });
  };
  return (
    <Stack gap="md">
      <Group>
        <SegmentedControl
          size="xs"
          data={[...WINDOWS]}
          value={window}
          onChange={choose}
          aria-label={words.window}
          data-testid="instance-metrics-window"
        />
      </Group>
      {data === undefined && error === null && <Skeleton height={320} aria-busy />}
      {error !== null && <ProblemCard problem={error} onRetry={() => void refetch()} />}
      {data !== undefined && <Picture metrics={data} />}
    </Stack>
  );
}

function Picture({ metrics }: { readonly metrics: Metrics }) {
  const [isTable, setTable] = useState(false);
  const { points } = metrics;
  const calls = points.reduce((sum, point) => sum + point.calls, 0);
  const failed = points.reduce((sum, point) => sum + point.failed, 0);
  if (calls === 0) return <EmptyState title={words.none} text={words.noneText} testId="instance-no-calls" />;
  return (
    <Stack gap="md" data-testid="instance-metrics">
      <Group justify="space-between">
        <Text className="q-figures">{words.callsTotal(formatNumber(calls), formatNumber(failed))}</Text>
        <Anchor
          component="button"
          size="sm"
          onClick={() => setTable(!isTable)}
          data-testid="instance-metrics-table"
        >
          {isTable ? words.chart : words.table}
        </Anchor>
      </Group>
      {metrics.complete_from > metrics.from && (
        <Text size="sm" c="dimmed">
          {words.partial} <RelativeTime at={metrics.complete_from} />
        </Text>
      )}
      {isTable ? (
        <PointTable points={points} />
      ) : (
        <>
          <CallsChart points={points} />
          <LatencyChart points={points} />
        </>
      )}
      <Busiest tools={metrics.tools} />
    </Stack>
  );
}

function Busiest({ tools }: Pick<Metrics, 'tools'>) {
  if (tools.length === 0) return null;
  return (
    <Card>
      <Title order={2} mb="sm">
        {words.busiest}
      </Title>
      <div className={classes.wide} tabIndex={0} role="region" aria-label={words.busiest}>
        <Table>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{words.tool}</Table.Th>
              <Table.Th ta="right">{words.calls}</Table.Th>
              <Table.Th ta="right">{words.failed}</Table.Th>
              <Table.Th ta="right">{words.p95}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {tools.map(({ name, calls, failed, p95_ms: p95 }) => (
              <Table.Tr key={name}>
                <Table.Td>
                  <Mono>{name}</Mono>
                </Table.Td>
                <Table.Td ta="right">{formatNumber(calls)}</Table.Td>
                <Table.Td ta="right">{formatNumber(failed)}</Table.Td>
                <Table.Td ta="right">{p95 === null ? '' : formatDuration(p95)}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </div>
    </Card>
  );
}
