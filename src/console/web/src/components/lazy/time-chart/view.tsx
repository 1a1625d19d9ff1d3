import { useComputedColorScheme } from '@mantine/core';
import { useElementSize } from '@mantine/hooks';
import { useEffect, useRef } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { type TimeChartProps } from '../time-chart';

const MS_PER_S = 1_000;
const AXIS_SIZE = 52;
const FONT = '11px "Inter Variable", sans-serif';

/** Canvas knows no CSS variables: they are read when the theme is known. */
const colour = (name: string): string =>
  getComputedStyle(document.documentElement).getPropertyValue(name).trim();

function optionsOf(props: TimeChartProps & { height: number }, width: number): uPlot.Options {
  const axis = {
    stroke: colour('--q-muted'),
    font: FONT,
    grid: { stroke: colour('--q-border'), width: 1 },
    ticks: { show: false },
  };
  return {
    width,
    height: props.height,
    legend: { show: false },
    cursor: { y: false, points: { size: 6 } },
    scales: {
      y: { range: (_plot, low, high) => [Math.min(0, low), high * 1.1 || 1] },
    },
    axes: [
      { ...axis, space: 80 },
      {
        ...axis,
        size: AXIS_SIZE,
        space: 32,
        values: (_plot, ticks) => ticks.map((tick) => props.format(tick)),
      },
    ],
    series: [
      {},
      ...props.series.map(({ label, tone, values }) => ({
        label,
        stroke: colour(tone === 'bad' ? '--q-bad-text' : '--q-accent'),
        width: 1.5,
        spanGaps: false,
        // A value between two gaps is no line: it is seen as a point.
        points: {
          show: values.some((value) => value === null),
          size: 5,
          width: 0,
          fill: colour('--q-accent'),
        },
      })),
    ],
  };
}

/** One line per series; drawn anew when the width, the theme or the data change, which is rare. */
export default function TimeChartView(props: TimeChartProps & { readonly height: number }) {
  const { ref, width } = useElementSize<HTMLDivElement>();
  const box = useRef<HTMLDivElement>(null);
  const scheme = useComputedColorScheme();
  const { times, series, height, title } = props;
  useEffect(() => {
    if (width === 0) return undefined;
    const data: uPlot.AlignedData = [
      times.map((time) => Date.parse(time) / MS_PER_S),
      ...series.map(({ values }) => [...values]),
    ];
    const plot = new uPlot(optionsOf(props, width), data, box.current ?? undefined);
    return () => plot.destroy();
  }, [times, series, width, height, scheme]);
  return (
    <div ref={ref} role="img" aria-label={title} style={{ minHeight: height, minWidth: 0 }}>
      <div ref={box} />
    </div>
  );
}
