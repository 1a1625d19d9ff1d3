import { Group, SegmentedControl, SimpleGrid, Skeleton, Stack, Title } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useMemo } from 'react';
import { api } from '~/api/client';
import { useMay } from '~/api/me';
import { type components } from '~/api/schema.gen';
import { ProblemCard } from '~/components';
import { TimeChart } from '~/components/lazy/time-chart';
import { formatDuration, formatNumber, formatPercent, formatRate } from '~/design/format';
import { type OverviewSearch, RANGES } from './search';
import { text } from './text';

const REFRESH_MS = 30_000;
/** As high as the chart that will stand there: what is below does not move. */
const CHART_PX = 186;

/** Calls, durations, errors and the queue over time. */
export function Activity() {
  const search: OverviewSearch = useSearch({ strict: false });
  const range = search.range ?? '1h';
  const navigate = useNavigate();
  const isAllowed = useMay('usage:read');
  const query = api.useQuery(
    'get',
    '/api/v1/overview/series',
    { params: { query: { range } } },
    { enabled: isAllowed, refetchInterval: REFRESH_MS, placeholderData: (before) => before },
  );
  if (!isAllowed) return null;
  return (
    <Stack gap="sm">
      <Group justify="space-between">
        <Title order={2}>{text.activity}</Title>
        <SegmentedControl
          size="xs"
          aria-label={text.range}
          data-testid="overview-range"
          value={range}
          data={[...RANGES]}
          onChange={(next) => void navigate({ to: '/', search: { range: next }, replace: true })}
        />
      </Group>
      {query.error !== null && query.data === undefined ? (
        <ProblemCard problem={query.error} onRetry={() => void query.refetch()} />
      ) : (
        <Charts data={query.data} />
      )}
    </Stack>
  );
}

type Series = components['schemas']['SeriesDto'];

function Charts({ data }: { readonly data: Series | undefined }) {
  const series = useMemo(
    () =>
      data && {
        calls: [{ label: text.calls, values: data.calls_per_minute }],
        p95: [{ label: text.p95, values: data.p95_ms }],
        errors: [{ label: text.errors, values: data.error_rate, tone: 'bad' as const }],
        queue: [{ label: text.queue, values: data.waiting_tasks }],
      },
    [data],
  );
  if (data === undefined || series === undefined)
    return (
      <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="sm">
        {['calls', 'p95', 'errors', 'queue'].map((name) => (
          <Skeleton key={name} height={CHART_PX} />
        ))}
      </SimpleGrid>
    );
  const { times } = data;
  return (
    <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="sm">
      <TimeChart
        title={text.calls}
        times={times}
        series={series.calls}
        format={formatRate}
        testId="overview-calls"
      />
      <TimeChart
        title={text.p95}
        times={times}
        series={series.p95}
        format={formatDuration}
        testId="overview-p95"
      />
      <TimeChart
        title={text.errors}
        times={times}
        series={series.errors}
        format={formatPercent}
        testId="overview-errors"
      />
      <TimeChart
        title={text.queue}
        times={times}
        series={series.queue}
        format={formatNumber}
        testId="overview-queue"
      />
    </SimpleGrid>
  );
}
