import { AsyncLocalStorage } from 'node:async_hooks';
import { TimeLimits } from './time-limits';

const LIMIT_MS = 1_000;

describe('time limits of many', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it('tells each one at its own time, once', () => {
    const limits = new TimeLimits();
    const told: string[] = [];
    limits.begin(LIMIT_MS, (limitMs) => told.push(`first after ${limitMs}`));
    jest.advanceTimersByTime(400);
    limits.begin(LIMIT_MS, () => told.push('second'));
    limits.begin(LIMIT_MS / 2, () => told.push('short'));
    jest.advanceTimersByTime(500);
    expect(told).toEqual(['short']);
    jest.advanceTimersByTime(100);
    expect(told).toEqual(['short', 'first after 1000']);
    jest.advanceTimersByTime(400);
    expect(told).toEqual(['short', 'first after 1000', 'second']);
    jest.advanceTimersByTime(10 * LIMIT_MS);
    expect(told).toHaveLength(3);
  });

  it('says nothing of one that was ended, and leaves its neighbours alone', () => {
    const limits = new TimeLimits();
    const told: number[] = [];
    const all = [0, 1, 2, 3, 4].map((place) => limits.begin(LIMIT_MS, () => told.push(place)));
    for (const place of [0, 2, 4, 2]) all[place]?.end();
    all[4]?.restart();
    jest.advanceTimersByTime(2 * LIMIT_MS);
    expect(told).toEqual([1, 3]);
  });

  it('counts one anew that is restarted', () => {
    const limits = new TimeLimits();
    const told: string[] = [];
    const restarted = limits.begin(LIMIT_MS, () => told.push('restarted'));
    limits.begin(LIMIT_MS, () => told.push('other'));
    jest.advanceTimersByTime(900);
    restarted.restart();
    jest.advanceTimersByTime(900);
    expect(told).toEqual(['other']);
    jest.advanceTimersByTime(100);
    expect(told).toEqual(['other', 'restarted']);
  });

  it('takes new ones while it tells, and goes on after one that fails', () => {
    const limits = new TimeLimits();
    const told: string[] = [];
    limits.begin(LIMIT_MS, () => {
      limits.begin(LIMIT_MS, () => told.push('begun meanwhile'));
      throw new Error('of its listener');
    });
    limits.begin(LIMIT_MS, () => told.push('behind'));
    expect(() => {
      jest.advanceTimersByTime(LIMIT_MS);
    }).toThrow('of its listener');
    jest.advanceTimersByTime(2 * LIMIT_MS);
    expect(told).toEqual(['behind', 'begun meanwhile']);
  });

  it('has one timer for all of a length, and none when nothing is left to wait for', () => {
    const limits = new TimeLimits();
    const all = Array.from({ length: 100 }, () => limits.begin(LIMIT_MS, () => undefined));
    expect(jest.getTimerCount()).toBe(1);
    for (const limit of all) limit.end();
    jest.advanceTimersByTime(LIMIT_MS);
    expect(jest.getTimerCount()).toBe(0);
    let told = 0;
    limits.begin(LIMIT_MS, () => (told += 1));
    jest.advanceTimersByTime(LIMIT_MS);
    expect(told).toBe(1);
  });
});

it('tells nobody in the name of the request that happened to begin the first limit', async () => {
  const storage = new AsyncLocalStorage<string>();
  const limits = storage.run('a request', () => new TimeLimits());
  const seen = await storage.run(
    'a request',
    () =>
      new Promise<string | undefined>((resolve) => {
        limits.begin(1, () => {
          resolve(storage.getStore());
        });
      }),
  );
  expect(seen).toBeUndefined();
});
