import { type Counter, type Gauge, type Histogram } from './cells';

/** The text format of Prometheus, version 0.0.4. */
const escapeValue = (value: string): string =>
  value.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"');

/** `method="GET",route="/health"`, without braces: a histogram adds a pair of its own. */
export const labelPairs = (labels: readonly string[], values: readonly string[]): string =>
  labels.map((label, at) => `${label}="${escapeValue(values[at] ?? '')}"`).join(',');

const braces = (pairs: string): string => (pairs === '' ? '' : `{${pairs}}`);

export const printNumber = (name: string, pairs: string, { value }: Counter | Gauge): string =>
  `${name}${braces(pairs)} ${value}`;

export function printHistogram(
  bounds: readonly number[],
): (name: string, pairs: string, cell: Histogram) => string {
  const edges = [...bounds.map(String), '+Inf'];
  return (name, pairs, cell) => {
    const counts = cell.cumulated();
    const before = pairs === '' ? '' : `${pairs},`;
    return [
      ...edges.map((edge, at) => `${name}_bucket{${before}le="${edge}"} ${counts[at] ?? 0}`),
      `${name}_sum${braces(pairs)} ${cell.sum}`,
      `${name}_count${braces(pairs)} ${counts.at(-1) ?? 0}`,
    ].join('\n');
  };
}
