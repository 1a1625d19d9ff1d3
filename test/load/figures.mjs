// Few numbers that survive a noisy machine: medians and ratios.

export const sorted = (values) => [...values].sort((a, b) => a - b);

export function percentile(values, percent) {
  const all = sorted(values);
  return all[Math.min(all.length - 1, Math.ceil((percent / 100) * all.length) - 1)] ?? Number.NaN;
}

export function median(values) {
  const all = sorted(values);
  const middle = all.length / 2;
  return all.length % 2 === 1 ? all[Math.floor(middle)] : (all[middle - 1] + all[middle]) / 2;
}

/** Half of the distance between the quartiles: how far the median may be trusted. */
export const halfSpread = (values) => (percentile(values, 75) - percentile(values, 25)) / 2;

/** From half of the distance between the quartiles to the standard error of a median, for one value: 1.4826 × 1.2533 (normal law). */
const MEDIAN_ERROR = 1.86;

/** How far the median of as many values is likely to be from that of endlessly many. */
export const errorOfMedian = (values) => (halfSpread(values) * MEDIAN_ERROR) / Math.sqrt(values.length);

export const ms = (value) => `${value < 10 ? value.toFixed(1) : value.toFixed(0)} ms`;
export const seconds = (valueMs) => `${(valueMs / 1000).toFixed(1)} s`;
export const times = (value) => `${value.toFixed(2)} ×`;
export const perSecond = (value) => `${value.toFixed(0)}/s`;
export const megabytes = (bytes) => `${(bytes / 1_000_000).toFixed(0)} MB`;

export const summaryOf = (values) => ({
  count: values.length,
  median: median(values),
  p95: percentile(values, 95),
  half_spread: halfSpread(values),
});

/** A target with its verdict. */
export const goal = (text, value, { atMost, atLeast }) => ({
  text,
  met: atMost === undefined ? value >= atLeast : value <= atMost,
});

/** Runs each of the named things once per round, in an order that rotates, so that drift hits all of them alike. */
export async function inTurns(rounds, contestants) {
  const measured = Object.fromEntries(Object.keys(contestants).map((name) => [name, []]));
  const names = Object.keys(contestants);
  for (let round = 0; round < rounds; round += 1) {
    for (let place = 0; place < names.length; place += 1) {
      const name = names[(round + place) % names.length];
      measured[name].push(await contestants[name](round));
    }
  }
  return measured;
}
