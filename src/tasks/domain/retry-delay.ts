const FIRST_S = 1;
const MOST_S = 300;

/**
 * Full jitter: anywhere below 1, 2, 4 … 300 s, so that what failed together does not come back together. `attempt` counts
 * the attempts so far.
 */
export function retryDelayS(attempt: number, random: () => number): number {
  const ceiling = Math.min(MOST_S, FIRST_S * 2 ** Math.min(Math.max(0, attempt - 1), 32));
  return ceiling * random();
}
