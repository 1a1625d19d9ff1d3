/** Milliseconds; calls slower than the last are counted behind it. Fine enough that a p95 is off by a fifth at most. */
export const DURATION_BOUNDS_MS = [
  ...[1, 1.5, 2, 3, 5, 7, 10, 15, 20, 30, 50, 70, 100, 150, 200, 300, 500, 700],
  ...[1_000, 1_500, 2_000, 3_000, 5_000, 7_000, 10_000, 15_000, 20_000, 30_000, 60_000],
] as const;

/** One more than bounds: the last is for what is beyond them. */
export const DURATION_CELLS = DURATION_BOUNDS_MS.length + 1;

/** Below which so many of a hundred calls were; null where there were none. Between two bounds calls are taken as spread evenly. */
export function percentileMs(counts: readonly number[], percent: number): number | null {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total === 0) return null;
  const wanted = (total * percent) / 100;
  let before = 0;
  for (const [cell, count] of counts.entries()) {
    if (before + count >= wanted && count > 0) {
      const low = DURATION_BOUNDS_MS[cell - 1] ?? 0;
      const high = DURATION_BOUNDS_MS[cell] ?? low;
      return Math.round((low + ((wanted - before) / count) * (high - low)) * 10) / 10;
    }
    before += count;
  }
  return DURATION_BOUNDS_MS.at(-1) ?? null;
}

/** Cell by cell; what is shorter counts as if it went on with nothing. */
export const addedUp = (left: readonly number[], right: readonly number[]): number[] =>
  Array.from({ length: Math.max(left.length, right.length) }, (_, at) => (left[at] ?? 0) + (right[at] ?? 0));
