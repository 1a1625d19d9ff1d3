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

const CHARTS = [
  { title: text.calls, of: 'calls_per_minute', format: formatRate, testId: 'overview-calls' },
  { title: text.p95, of: 'p95_ms', format: formatDuration, testId: 'overview-p95' },
  { title: text.errors, of: 'error_rate', format: formatPercent, testId: 'overview-errors', tone: 'bad' },
  { title: text.queue, of: 'waiting_tasks', format: formatNumber, testId: 'overview-queue' },
] as const;

const Charts = ({ data }: { readonly data: Series | undefined }) => (
  <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="sm">
    {CHARTS.map((chart) =>
      data === undefined ? (
        <Skeleton key={chart.of} height={CHART_PX} />
      ) : (
        <Chart key={chart.of} chart={chart} data={data} />
      ),
    )}
  </SimpleGrid>
);

function Chart({ chart, data }: { readonly chart: (typeof CHARTS)[number]; readonly data: Series }) {
  const { title, of, format, testId } = chart;
  const values = data[of];
  const series = useMemo(
    () => [{ label: title, values, ...('tone' in chart ? { tone: chart.tone } : {}) }],
    [title, values, chart],
  );
  return <TimeChart title={title} times={data.times} series={series} format={format} testId={testId} />;
}
