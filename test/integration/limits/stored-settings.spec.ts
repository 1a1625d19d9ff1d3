import { type Database } from '@app/database';
import { EventAppender } from '@app/outbox';
import { eventually, testDatabase, type TestDatabase } from '@app/testing';
import { MIGRATIONS } from '../../../src/migrations';
import { StoredSettings } from '../../../src/settings';
import { SettingRows } from '../../../src/settings/persistence/setting-rows';
import { SettingsKeeper } from '../../../src/settings/settings-keeper';
import { LocalPubSub } from '../control-plane';

const STALENESS = 'gateway_max_staleness_s';

describe('stored settings', () => {
  let database: TestDatabase;
  const pubsub = new LocalPubSub();

  const processOf = async (db: Database): Promise<{ settings: StoredSettings; keeper: SettingsKeeper }> => {
    const rows = new SettingRows(db);
    const settings = new StoredSettings(rows, pubsub);
    await settings.onModuleInit();
    return { settings, keeper: new SettingsKeeper(db, rows, settings, new EventAppender(db), pubsub) };
  };
  let here: Awaited<ReturnType<typeof processOf>>;
  let there: Awaited<ReturnType<typeof processOf>>;

  beforeAll(async () => {
    database = await testDatabase({ migrations: MIGRATIONS });
    here = await processOf(database.db);
    there = await processOf(database.db);
  }, 180_000);
  afterAll(async () => {
    await here.settings.onApplicationShutdown();
    await there.settings.onApplicationShutdown();
    await database.drop();
  });

  it('are known at once where they are changed, and soon everywhere else', async () => {
    expect(there.settings.get(STALENESS)).toBe(900);
    const changed = await here.keeper.put(STALENESS, 120, [0]);
    expect(here.settings.get(STALENESS)).toBe(120);
    await eventually(() => {
      expect(there.settings.get(STALENESS)).toBe(120);
    });

    const reset = await here.keeper.reset(STALENESS, [changed.version]);
    expect(reset).toMatchObject({ value: 900, version: 0 });
    await eventually(() => {
      expect(there.settings.get(STALENESS)).toBe(900);
    });
  });

  it('are changed by one of two who saw the same version', async () => {
    const { version } = await here.keeper.get(STALENESS);
    const tries = await Promise.allSettled([
      here.keeper.put(STALENESS, 100, [version]),
      there.keeper.put(STALENESS, 200, [version]),
    ]);
    expect(tries.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(tries.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: { code: 'stale_version' },
    });
  });

  it('never name another value by a version that somebody saw', async () => {
    const first = await here.keeper.put(STALENESS, 100, undefined);
    await here.keeper.reset(STALENESS, undefined);
    const second = await here.keeper.put(STALENESS, 300, undefined);
    expect(second.version).toBeGreaterThan(first.version);
  });

  it.each([
    [STALENESS, 59, '/value'],
    [STALENESS, 60.5, '/value'],
    [STALENESS, '900', '/value'],
    ['require_strong_secret_delivery', 1, '/value'],
    ['rate_limit_read', { window_s: 60, key: -1 }, '/value/key'],
    ['rate_limit_read', { key: 1 }, '/value/window_s'],
    ['quota_user_defaults', { instances: 5, tokens: 1 }, '/value/tokens'],
  ])('refuse for %s the value %j', async (name, value, pointer) => {
    await expect(here.keeper.put(name, value, undefined)).rejects.toMatchObject({
      code: 'setting_invalid',
      errors: [{ pointer }],
    });
  });

  it('are only those of the list', async () => {
    await expect(here.keeper.put('anything', 1, undefined)).rejects.toMatchObject({
      code: 'setting_unknown',
    });
    await expect(here.keeper.get('toString')).rejects.toMatchObject({ code: 'setting_unknown' });
  });

  it('tell the trail what they were and what they are', async () => {
    const { value } = await here.keeper.get(STALENESS);
    await here.keeper.put(STALENESS, 777, undefined);
    const [event] = await database.db.query<{ data: object }>(
      `SELECT data FROM domain_event WHERE name = 'settings.changed' ORDER BY occurred_at DESC LIMIT 1`,
    );
    expect(event?.data).toEqual({ name: STALENESS, before: value, after: 777, is_reset: false });
  });

  it('have their default where the table holds what no setting can be', async () => {
    await database.db.execute(`UPDATE setting SET value = '"soon"' WHERE name = $1`, [STALENESS]);
    await here.settings.reload();
    expect(here.settings.get(STALENESS)).toBe(900);
    expect(await here.keeper.get(STALENESS)).toMatchObject({ value: 900 });
  });
});
