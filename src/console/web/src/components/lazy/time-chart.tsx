import { Anchor, Group, Skeleton, Table, Text } from '@mantine/core';
import { lazy, Suspense, useState } from 'react';
import { formatAbsolute } from '~/design/format';
import classes from './time-chart/time-chart.module.css';

export interface TimeSeries {
  readonly label: string;
  /** One for each time; null where there is nothing to say. */
  readonly values: readonly (number | null)[];
  readonly tone?: 'accent' | 'bad';
}

export interface TimeChartProps {
  readonly title: string;
  /** ISO texts, the oldest first. */
  readonly times: readonly string[];
  readonly series: readonly TimeSeries[];
  /** How a value is written, on the axis and in the table. */
  readonly format: (value: number) => string;
  readonly height?: number;
  readonly testId?: string;
}

const View = lazy(() => import('./time-chart/view'));
const HEIGHT = 140;
const text = { table: 'View as table', chart: 'View as chart', time: 'Time', now: 'latest', none: '–' };

/** Values over time, with a table for who cannot see the line. The library comes in a chunk of its own. */
export function TimeChart(props: TimeChartProps) {
  const { title, series, format, height = HEIGHT, testId } = props;
  const [isTable, setTable] = useState(false);
  const latest = series[0]?.values.at(-1);
  return (
    <section className={classes.card} aria-label={title} data-testid={testId}>
      <Group justify="space-between" gap="xs" wrap="nowrap">
        <Text size="sm" fw={600}>
          {title}{' '}
          <Text span size="sm" c="dimmed" fw={400} className="q-figures">
            {latest === null || latest === undefined ? text.none : format(latest)}
          </Text>
        </Text>
        <Anchor component="button" size="xs" c="dimmed" onClick={() => setTable(!isTable)}>
          {isTable ? text.chart : text.table}
        </Anchor>
      </Group>
      {isTable ? (
        <Twin {...props} height={height} />
      ) : (
        <Suspense fallback={<Skeleton height={height} />}>
          <View {...props} height={height} />
        </Suspense>
      )}
    </section>
  );
}

/** The newest first: that is what somebody looks for. */
const Twin = ({ title, times, series, format, height }: TimeChartProps & { readonly height: number }) => (
  <div className={classes.table} style={{ height }} tabIndex={0} role="region" aria-label={title}>
    <Table>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{text.time}</Table.Th>
          {series.map(({ label }) => (
            <Table.Th key={label}>{label}</Table.Th>
          ))}
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {times
          .map((time, at) => (
            <Table.Tr key={time}>
              <Table.Td>{formatAbsolute(time)}</Table.Td>
              {series.map(({ label, values }) => (
                <Table.Td key={label} className="q-figures">
                  {values[at] === null || values[at] === undefined ? text.none : format(values[at])}
                </Table.Td>
              ))}
            </Table.Tr>
          ))
          .reverse()}
      </Table.Tbody>
    </Table>
  </div>
);
