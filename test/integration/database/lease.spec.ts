import { type Database, Lease } from '@app/database';
import { eventually, FakeClock, type TestDatabase, testDatabase } from '@app/testing';
import { MIGRATIONS } from '../../../src/migrations';

const TERM_MS = 60_000;

describe('Lease', () => {
  let test: TestDatabase;
  let db: Database;
  let clock: FakeClock;
  let name = '';
  let round = 0;
  const started: Lease[] = [];
  const lease = (holder: string, termMs = TERM_MS): Lease => new Lease(db, { name, holder, termMs, clock });
  const expire = (): Promise<number> =>
    db.execute(`UPDATE lease SET until = now() - interval '1 second' WHERE name = $1`, [name]);

  beforeAll(async () => {
    test = await testDatabase({ migrations: MIGRATIONS });
    db = test.db;
  });
  beforeEach(() => {
    clock = new FakeClock();
    round += 1;
    name = `lease-${String(round)}`;
  });
  afterEach(async () => {
    await Promise.all(started.splice(0).map((one) => one.stop()));
  });
  afterAll(() => test.drop());

  it('is given to one of many that ask at once', async () => {
    const answers = await Promise.all(['a', 'b', 'c', 'd'].map((holder) => lease(holder).tryAcquire()));
    expect(answers.filter(Boolean)).toHaveLength(1);
  });

  it('goes to another when it has expired, under a higher epoch', async () => {
    const [first, second] = [lease('a'), lease('b')];
    await first.tryAcquire();
    await expect(second.tryAcquire()).resolves.toBe(false);
    await expire();
    await expect(second.tryAcquire()).resolves.toBe(true);
    expect(second.epoch).toBe(first.epoch + 1);
  });

  it('is believed in for two thirds of the term, by the own monotonic clock', async () => {
    const held = lease('a');
    await held.tryAcquire();
    clock.advance(TERM_MS * (2 / 3) - 1);
    expect(held.isHeld()).toBe(true);
    clock.advance(1);
    expect(held.isHeld()).toBe(false);
  });

  it('lasts longer with each renewal, under the same epoch', async () => {
    const held = lease('a');
    await held.tryAcquire();
    clock.advance(TERM_MS / 3);
    await expect(held.renew()).resolves.toBe(true);
    clock.advance(TERM_MS / 2);
    expect(held.isHeld()).toBe(true);
    expect(held.epoch).toBe(1);
  });

  it('is noticed to be lost when it is renewed after somebody else took it', async () => {
    const [first, second] = [lease('a'), lease('b')];
    await first.tryAcquire();
    await expire();
    await second.tryAcquire();
    await expect(first.renew()).resolves.toBe(false);
    expect(first.isHeld()).toBe(false);
  });

  it('comes back to the holder that stopped trusting it under a new epoch', async () => {
    const held = lease('a');
    await held.tryAcquire();
    clock.advance(TERM_MS);
    await expect(held.renew()).resolves.toBe(false);
    await expect(held.tryAcquire()).resolves.toBe(true);
    expect(held.epoch).toBe(2);
  });

  it('is free at once when it was released', async () => {
    const [first, second] = [lease('a'), lease('b')];
    await first.tryAcquire();
    await first.release();
    expect(first.isHeld()).toBe(false);
    await expect(second.tryAcquire()).resolves.toBe(true);
  });

  it('keeps itself alive, tells each change, and hands over at its stop', async () => {
    const told: string[] = [];
    const begin = (holder: string): Lease => {
      // Real time: how often it renews is what this is about. The term is long for a slow machine, short for a test.
      const one = new Lease(db, { name, holder, termMs: 18_000 });
      started.push(one);
      one.start((held) => told.push(`${holder} ${held ? 'has it' : 'lost it'}`));
      return one;
    };
    const first = begin('a');
    await eventually(() => {
      expect(told).toEqual(['a has it']);
    });
    begin('b');
    await first.stop();
    await eventually(() => {
      expect(told).toContain('b has it');
    });
    expect(told.indexOf('b has it')).toBeGreaterThan(told.lastIndexOf('a lost it'));
    expect(told.at(-2)).toBe('a lost it');
  });

  it('ends by itself when the database is away', async () => {
    const { db: other, drop } = await testDatabase({ migrations: MIGRATIONS });
    const told: boolean[] = [];
    const held = new Lease(other, { name, holder: 'a', termMs: 2_000 });
    started.push(held);
    held.start((isHeld) => told.push(isHeld));
    await eventually(() => {
      expect(told).toContain(true);
    });
    await drop();
    await eventually(() => {
      expect(held.isHeld()).toBe(false);
      expect(told.at(-1)).toBe(false);
    });
  });
});
