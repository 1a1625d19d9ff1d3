import { randomUUID } from 'node:crypto';
import { type Clock, systemClock } from '@app/kernel';
import { LocalRates, type RateEntry, type RateStore, RedisRates } from '@app/resilience';
import { type Principal } from '@app/telemetry';
import { describeWithRedis, eventually, FakeClock, testRedis, type TestRedis } from '@app/testing';
import { LeasedRates } from '../../../src/limits/rates/leased-rates';
import { askOf } from '../../../src/limits/rates/rate-ask';
import { SharedRates } from '../../../src/limits/rates/shared-rates';

const MINUTE_MS = 60_000;
/** A machine that is busy with other tests must not look like a Redis that is away. */
const PATIENT_MS = 60_000;

const entry = (limit: number, about: Partial<RateEntry> = {}): RateEntry => ({
  key: randomUUID(),
  limit,
  windowMs: MINUTE_MS,
  ...about,
});

const grantedOf = async (store: RateStore, entries: readonly RateEntry[], tries: number): Promise<number> => {
  const taken = await Promise.all(Array.from({ length: tries }, () => store.take(entries, 1)));
  return taken.reduce((sum, { granted }) => sum + granted, 0);
};

/** What both stores promise. */
function contract(make: () => RateStore): void {
  it('gives exactly as many as the limit, however many ask at once', async () => {
    expect(await grantedOf(make(), [entry(50)], 100)).toBe(50);
  });

  it('gives what there is of a larger wish, and says what is left', async () => {
    const one = entry(10);
    const store = make();
    expect(await store.take([one], 7)).toMatchObject({ granted: 7, remaining: 3 });
    expect(await store.take([one], 7)).toMatchObject({ granted: 3, remaining: 0 });
    const refused = await store.take([one], 7);
    expect(refused.granted).toBe(0);
    expect(refused.resetMs).toBeGreaterThan(0);
    expect(refused.resetMs).toBeLessThanOrEqual(MINUTE_MS + MINUTE_MS / 10);
  });

  it('takes from all entries or from none', async () => {
    const store = make();
    const [narrow, wide] = [entry(2), entry(10)];
    expect(await grantedOf(store, [wide, narrow], 5)).toBe(2);
    expect(await store.take([wide, narrow], 1)).toMatchObject({ granted: 0, tightest: 1 });
    expect(await store.take([wide], 20)).toMatchObject({ granted: 8 });
  });

  it('counts keys apart, and windows of different lengths, too', async () => {
    const store = make();
    const one = entry(1);
    expect(await grantedOf(store, [one], 3)).toBe(1);
    expect(await grantedOf(store, [entry(1)], 3)).toBe(1);
    expect(await grantedOf(store, [{ ...one, windowMs: 30_000 }], 3)).toBe(1);
  });

  it('refuses everything under a limit of nothing, and after a limit was lowered', async () => {
    const store = make();
    expect(await grantedOf(store, [entry(0)], 3)).toBe(0);
    const one = entry(10);
    await store.take([one], 10);
    expect(await store.take([{ ...one, limit: 5 }], 1)).toMatchObject({ granted: 0, remaining: 0 });
  });

  it('makes room for what was given back', async () => {
    const store = make();
    const one = entry(3);
    await store.take([one], 3);
    await store.giveBack([one], 2);
    expect(await grantedOf(store, [one], 5)).toBe(2);
  });
}

describe('rates in the process', () => {
  contract(() => new LocalRates(systemClock));

  it('never give more than the limit within any window', async () => {
    const clock = new FakeClock();
    const store = new LocalRates(clock);
    const one = entry(100);
    const given: { readonly atMs: number; readonly count: number }[] = [];
    // Odd steps over several windows, so that their edges fall anywhere within the slices.
    for (let step = 0; step < 600; step += 1) {
      const { granted } = await store.take([one], (step % 7) + 1);
      given.push({ atMs: clock.monotonicMs(), count: granted });
      clock.advance(377 + (step % 13) * 41);
    }
    for (const { atMs } of given) {
      const inWindow = given.filter((each) => each.atMs > atMs - MINUTE_MS && each.atMs <= atMs);
      expect(inWindow.reduce((sum, { count }) => sum + count, 0)).toBeLessThanOrEqual(100);
    }
  });

  it('give again as much as has left the window, when they said so', async () => {
    const clock = new FakeClock();
    const store = new LocalRates(clock);
    const one = entry(10);
    await store.take([one], 4);
    clock.advance(MINUTE_MS / 2);
    await store.take([one], 6);
    const { granted, resetMs } = await store.take([one], 1);
    expect(granted).toBe(0);
    clock.advance(resetMs - 1);
    expect(await store.take([one], 1)).toMatchObject({ granted: 0 });
    clock.advance(1);
    expect(await store.take([one], 10)).toMatchObject({ granted: 4 });
  });
});

describeWithRedis('rates in Redis', () => {
  let redis: TestRedis;
  const stores: RedisRates[] = [];
  const connect = async (): Promise<RedisRates> => {
    const store = new RedisRates(redis.url, `test-${randomUUID()}`, PATIENT_MS);
    stores.push(store);
    await eventually(() => {
      expect(store.isConnected).toBe(true);
    });
    return store;
  };
  let store: RedisRates;

  beforeAll(async () => {
    const started = await testRedis();
    if (started === undefined) throw new Error('There is no Redis.');
    redis = started;
    store = await connect();
  }, 120_000);
  afterAll(async () => {
    for (const each of stores) each.close();
    await redis.stop();
  });

  contract(() => store);

  it('give again when the window of the server’s clock has passed', async () => {
    const one = entry(2, { windowMs: 2_000 });
    expect(await grantedOf(store, [one], 5)).toBe(2);
    await eventually(async () => {
      expect(await store.take([one], 1)).toMatchObject({ granted: 1 });
    });
  });

  it('are one count for several processes, with what each takes ahead', async () => {
    const line = new SharedRates(systemClock, store);
    const other = new SharedRates(systemClock, store);
    const ask = askOf('mcp', { window_s: 3_600, key: 500 }, { principal: principal() });
    if (ask === undefined) throw new Error('The policy is on.');
    const [here, there] = [new LeasedRates(line, systemClock), new LeasedRates(other, systemClock)];
    const taken = await Promise.all(
      Array.from({ length: 1_000 }, (_, at) => (at % 2 === 0 ? here : there).take(ask)),
    );
    const given = taken.filter(({ granted }) => granted > 0).length;
    expect(given).toBeLessThanOrEqual(500);
    // What one holds and does not use is lost to the other: at most one block.
    expect(given).toBeGreaterThanOrEqual(480);
  });

  it('go on in the process when the server dies, with what was counted, and come back with it', async () => {
    const clock = new SteppedClock();
    const mine = await connect();
    const line = new SharedRates(clock, mine);
    const one = entry(20, { windowMs: 3_600_000 });
    for (let request = 0; request < 15; request += 1) await line.take([one], 1);
    await redis.crash();
    const taken = await Promise.all(Array.from({ length: 40 }, () => line.take([one], 1)));
    expect(taken.filter(({ granted }) => granted > 0)).toHaveLength(5);
    expect(line.state).toMatchObject({ ok: false, mode: 'in process' });
    expect(line.takeNow([entry(3)], 1)).toMatchObject({ granted: 1 });

    await redis.startAgain();
    await eventually(async () => {
      clock.advance(1_000);
      await line.take([entry(5)], 1);
      expect(line.state).toMatchObject({ ok: true, mode: 'Redis' });
    });
  });
});

/** Real time, and what a test adds to it. */
class SteppedClock implements Clock {
  private addedMs = 0;
  now = (): Date => new Date();
  monotonicMs = (): number => performance.now() + this.addedMs;
  advance(ms: number): void {
    this.addedMs += ms;
  }
}

const principal = (): Principal => ({
  ...{ id: 'k', kind: 'key', name: 'k', role: 'developer', keyId: randomUUID() },
  ...{ permissions: 'all', workspaceId: randomUUID() },
});
