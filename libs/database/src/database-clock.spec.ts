import { DatabaseClock } from './database-clock';

const HOUR_MS = 3_600_000;

describe('the clock of the database', () => {
  const asked = jest.fn<Promise<{ now: number }[]>, []>();
  const clock = () => new DatabaseClock({ query: asked as never });

  beforeEach(() => {
    jest.useFakeTimers({ now: 1_700_000_000_000 });
    asked.mockReset();
    asked.mockImplementation(() => Promise.resolve([{ now: Date.now() + HOUR_MS }]));
  });
  afterEach(() => jest.useRealTimers());

  it('is told by the database, once for all who ask', async () => {
    const shared = clock();
    const told = await Promise.all([shared.nowMs(), shared.nowMs()]);
    expect(told).toEqual([Date.now() + HOUR_MS, Date.now() + HOUR_MS]);
    jest.advanceTimersByTime(60_000);
    await expect(shared.nowMs()).resolves.toBe(Date.now() + HOUR_MS);
    expect(asked).toHaveBeenCalledTimes(1);
  });

  it('is asked again when the clock of the machine was set', async () => {
    const shared = clock();
    const trueMs = await shared.nowMs();
    jest.setSystemTime(Date.now() - 5 * HOUR_MS);
    asked.mockResolvedValue([{ now: trueMs }]);
    await expect(shared.nowMs()).resolves.toBe(trueMs);
  });

  it('goes on with what was read, or with the own clock, while the database is away', async () => {
    const shared = clock();
    await shared.nowMs();
    asked.mockRejectedValue(new Error('away'));
    jest.advanceTimersByTime(HOUR_MS);
    await expect(shared.nowMs()).resolves.toBe(Date.now() + HOUR_MS);
    await expect(clock().nowMs()).resolves.toBe(Date.now());
  });
});
