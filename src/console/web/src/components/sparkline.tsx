interface SparklineProps {
  readonly values: readonly number[];
  /** What the line shows, in words. */
  readonly label: string;
  readonly width?: number;
  readonly height?: number;
}

const INSET = 1.5;

/** A line without axes, scaled to its own highest value. */
export function Sparkline({ values, label, width = 72, height = 20 }: SparklineProps) {
  if (values.length < 2) return null;
  const highest = Math.max(...values, Number.EPSILON);
  const step = (width - 2 * INSET) / (values.length - 1);
  const points = values
    .map((value, index) => {
      const y = height - INSET - (Math.max(0, value) / highest) * (height - 2 * INSET);
      return `${(INSET + index * step).toFixed(1)},${y.toFixed(1)}`;
    })
    .join(' ');
  return (
    <svg width={width} height={height} role="img" aria-label={label}>
      <polyline
        points={points}
        fill="none"
        stroke="var(--q-accent)"
        strokeWidth="1.5"
        strokeLinejoin="round"
      />
    </svg>
  );
}
