const FIRST_MS = 500;
const LONGEST_MS = 15_000;

/** 0.5, 1, 2, 4 … 15 s, each with up to a fifth taken off, so that a crowd does not come back in step. */
export function backoffMs(attempt: number, random: () => number = Math.random): number {
  const full = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(attempt, 10));
  return Math.round(full * (1 - random() / 5));
}
