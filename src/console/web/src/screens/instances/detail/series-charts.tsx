import { Card, Group, Text, Title } from '@mantine/core';
import { type ReactNode } from 'react';
import { formatCompact, formatDuration, formatNumber } from '~/design/format';
import { text } from '../detail-text';
import classes from './detail.module.css';
import { type Point, timeText } from './point-table';

const words = text.metrics;
const WIDTH = 960;
const HEIGHT = 140;
/** Of a bar, so that neighbours stay apart. */
const FILL = 0.8;

interface FrameProps {
  readonly title: string;
  readonly legend: string;
  readonly highest: string;
  readonly points: readonly Point[];
  readonly children: ReactNode;
}

/** The highest value and both ends of time as text; the picture stretches with the page. */
function Frame({ title, legend, highest, points, children }: FrameProps) {
  return (
    <Card>
      <Group justify="space-between" mb={4}>
        <Title order={2}>{title}</Title>
        <Text size="xs" c="dimmed">
          {legend}
        </Text>
      </Group>
      <Text size="xs" c="dimmed" className="q-figures">
        {highest}
      </Text>
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        className={classes.chart}
        role="img"
        aria-label={`${title}: ${legend}, ${highest}`}
      >
        {children}
      </svg>
      <Group justify="space-between">
        <Text size="xs" c="dimmed">
          {timeText(points[0]?.at ?? '')}
        </Text>
        <Text size="xs" c="dimmed">
          {timeText(points.at(-1)?.at ?? '')}
        </Text>
      </Group>
    </Card>
  );
}

export function CallsChart({ points }: { readonly points: readonly Point[] }) {
  const highest = Math.max(1, ...points.map(({ calls }) => calls));
  const width = WIDTH / points.length;
  const scale = HEIGHT / highest;
  return (
    <Frame
      title={words.calls}
      legend={`${words.calls}, ${words.failed}`}
      highest={formatCompact(highest)}
      points={points}
    >
      {points.map(({ at, calls, failed }, index) => (
        <g key={at}>
          <title>{`${timeText(at)}: ${words.callsTotal(formatNumber(calls), formatNumber(failed))}`}</title>
          <rect
            className={classes.bar}
            x={index * width}
            y={HEIGHT - calls * scale}
            width={width * FILL}
            height={calls * scale}
          />
          <rect
            className={classes.failedBar}
            x={index * width}
            y={HEIGHT - failed * scale}
            width={width * FILL}
            height={failed * scale}
          />
        </g>
      ))}
    </Frame>
  );
}

export function LatencyChart({ points }: { readonly points: readonly Point[] }) {
  const highest = Math.max(1, ...points.map(({ p95_ms: p95 }) => p95 ?? 0));
  return (
    <Frame
      title={words.latency}
      legend={`${words.p95} (—), ${words.p50} (- -)`}
      highest={formatDuration(highest)}
      points={points}
    >
      <path
        className={classes.line}
        d={pathOf(
          points.map(({ p95_ms: p95 }) => p95),
          highest,
        )}
      />
      <path
        className={classes.secondLine}
        d={pathOf(
          points.map(({ p50_ms: p50 }) => p50),
          highest,
        )}
      />
    </Frame>
  );
}

/** Times without calls have no latency, and the line has a gap there; a point alone is a short dash. */
function pathOf(values: readonly (number | null)[], highest: number): string {
  const step = WIDTH / values.length;
  return values
    .map((value, index) => {
      if (value === null) return '';
      const y = (HEIGHT - (value / highest) * (HEIGHT - 4) - 2).toFixed(1);
      const x = index * step;
      const isAlone = (values[index - 1] ?? null) === null;
      return `${isAlone ? 'M' : 'L'}${x.toFixed(1)} ${y}L${(x + step * FILL).toFixed(1)} ${y}`;
    })
    .join('');
}
