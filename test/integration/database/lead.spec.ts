import { type Database, Lead } from '@app/database';
import { FakeClock, type TestDatabase, testDatabase } from '@app/testing';
import { MIGRATIONS } from '../../../src/migrations';

const A_SECOND = 1_000;

describe('Lead', () => {
  let test: TestDatabase;
  let db: Database;
  let clock: FakeClock;
  let name = '';
  let round = 0;
  const lead = (): Lead => new Lead(db, { name, clock });
  const expire = (): Promise<number> =>
    db.execute(`UPDATE lease SET until = now() - interval '1 second' WHERE name = $1`, [name]);
  const written = async (): Promise<string | undefined> =>
    (await db.query<{ until: string }>(`SELECT until::text FROM lease WHERE name = $1`, [name]))[0]?.until;

  beforeAll(async () => {
    test = await testDatabase({ migrations: MIGRATIONS });
    db = test.db;
  });
  beforeEach(() => {
    clock = new FakeClock();
    round += 1;
    name = `lead-${String(round)}`;
  });
  afterAll(() => test.drop());

  it('is taken by one of several that are told of the same', async () => {
    const answers = await Promise.all([lead(), lead(), lead()].map((one) => one.take()));
    expect(answers.filter(Boolean)).toHaveLength(1);
  });

  it('is prolonged by going on, once a second, and not while nothing happens', async () => {
    const one = lead();
    await one.take();
    const first = await written();
    await expect(one.take()).resolves.toBe(true);
    expect(await written()).toBe(first);
    clock.advance(A_SECOND);
    await expect(one.take()).resolves.toBe(true);
    expect(await written()).not.toBe(first);
  });

  it('goes to another when nobody led for some seconds; who led hears it at the next step', async () => {
    const [first, second] = [lead(), lead()];
    await first.take();
    await expect(second.take()).resolves.toBe(false);
    await expire();
    clock.advance(A_SECOND);
    await expect(second.take()).resolves.toBe(true);
    await expect(first.take()).resolves.toBe(false);
  });

  it('asks again once a second, however often it is refused', async () => {
    const [first, second] = [lead(), lead()];
    await first.take();
    await second.take();
    await expire();
    await expect(second.take()).resolves.toBe(false);
    clock.advance(A_SECOND);
    await expect(second.take()).resolves.toBe(true);
  });

  it('is free at once for another when it is given back', async () => {
    const [first, second] = [lead(), lead()];
    await first.take();
    await first.release();
    await expect(second.take()).resolves.toBe(true);
  });
});
