import { backoffMs } from './paced-worker';

describe('backoffMs', () => {
  it('doubles up to its cap and never grows beyond', () => {
    const longest = [1, 2, 3, 4, 5, 6, 7, 100].map((attempt) => backoffMs(attempt, () => 1));
    expect(longest).toEqual([250, 500, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000]);
  });

  it('spreads jobs that failed together over half of the time', () => {
    expect(backoffMs(7, () => 0)).toBe(5_000);
  });
});
