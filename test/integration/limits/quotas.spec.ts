import { randomUUID } from 'node:crypto';
import { DEFAULT_WORKSPACE_ID } from '@app/kernel';
import { EventAppender } from '@app/outbox';
import { type Principal } from '@app/telemetry';
import { FakeClock, testDatabase, type TestDatabase } from '@app/testing';
import { Quotas, type QuotaOwner } from '../../../src/limits';
import { DriftRows } from '../../../src/limits/persistence/drift-rows';
import { QuotaLimitRows } from '../../../src/limits/persistence/quota-limit-rows';
import { QuotaRows } from '../../../src/limits/persistence/quota-rows';
import { CallBudget } from '../../../src/limits/quotas/call-budget';
import { CallLimits } from '../../../src/limits/quotas/call-limits';
import { QuotaCheck } from '../../../src/limits/quotas/quota-check';
import { QuotaKeeper } from '../../../src/limits/quotas/quota-keeper';
import { MIGRATIONS } from '../../../src/migrations';
import { StoredSettings } from '../../../src/settings';
import { SettingRows } from '../../../src/settings/persistence/setting-rows';
import { LocalPubSub } from '../control-plane';

const HERE = { workspaceId: DEFAULT_WORKSPACE_ID };
const ONE = { instances: 1 };

describe('quotas', () => {
  let database: TestDatabase;
  let rows: QuotaRows;
  let quotas: Quotas;
  let keeper: QuotaKeeper;
  let check: QuotaCheck;
  const pubsub = new LocalPubSub();

  beforeAll(async () => {
    database = await testDatabase({ migrations: MIGRATIONS, poolSize: 10 });
    const { db } = database;
    rows = new QuotaRows(db);
    quotas = new Quotas(rows);
    keeper = new QuotaKeeper(db, new QuotaLimitRows(db), new EventAppender(db), pubsub);
    check = new QuotaCheck(new DriftRows(db), quotas);
  }, 180_000);
  afterAll(() => database.drop());

  /** A key that nobody else uses. */
  const owner = async (limits?: Record<string, number | null>): Promise<QuotaOwner & { keyId: string }> => {
    const keyId = randomUUID();
    await database.db.execute(
      `INSERT INTO api_key (id, name, digest, role) VALUES ($1, $1, '\\x00', 'developer')`,
      [keyId],
    );
    if (limits !== undefined) await keeper.put(HERE, { scope: 'key', scopeId: keyId }, limits, undefined);
    return { ...HERE, keyId };
  };
  const used = async ({ keyId }: { keyId: string }, resource = 'instances'): Promise<number | undefined> => {
    const [row] = await database.db.query<{ used: number }>(
      `SELECT used::float8 AS used FROM quota_use WHERE scope = 'key' AND scope_id = $1 AND resource = $2 ORDER BY day DESC LIMIT 1`,
      [keyId, resource],
    );
    return row?.used;
  };
  const thing = (id: string = randomUUID()) => ({ kind: 'things', id });
  const hold = (who: QuotaOwner, amounts = ONE, what = thing()) =>
    database.db.transaction(() => quotas.hold(what, amounts, who));
  const codesOf = (settled: readonly PromiseSettledResult<unknown>[]): readonly string[] =>
    settled.flatMap((one) =>
      one.status === 'rejected' ? [(one.reason as { code?: string }).code ?? String(one.reason)] : [],
    );

  it.each([
    ['instances', 1],
    ['running_instances', 1],
    ['memory_bytes', 268_435_456],
    ['cpu_millis', 500],
    ['websocket_connections', 1],
  ])('of %s give exactly as much as there is, however many ask at once', async (resource, each) => {
    const who = await owner({ [resource]: 50 * each });
    const settled = await Promise.allSettled(
      Array.from({ length: 100 }, () => hold(who, { [resource]: each } as never)),
    );
    expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(50);
    expect(new Set(codesOf(settled))).toEqual(new Set(['quota_exceeded']));
    expect(await used(who, resource)).toBe(50 * each);
  });

  it('count from the first moment what came before the limit, and what was on its way then', async () => {
    const who = await owner();
    for (let at = 0; at < 3; at += 1) await hold(who);
    expect(await used(who)).toBeUndefined();
    const racing = Promise.allSettled(Array.from({ length: 40 }, () => hold(who)));
    await keeper.put(HERE, { scope: 'key', scopeId: who.keyId }, { instances: 20 }, undefined);
    const before = (await racing).filter(({ status }) => status === 'fulfilled').length + 3;
    const settled = await Promise.allSettled(Array.from({ length: 40 }, () => hold(who)));
    const after = before + settled.filter(({ status }) => status === 'fulfilled').length;
    // As many as got through while there was no limit, and else as many as it says.
    expect(after).toBe(Math.max(before, 20));
    await expect(hold(who)).rejects.toMatchObject({ code: 'quota_exceeded' });
    expect(await check.look()).toEqual({ drifted: 0, orphaned: 0 });
  });

  it('leave no trace of what was rolled back, and free what is gone', async () => {
    const who = await owner({ instances: 1 });
    const what = thing();
    await expect(
      database.db.transaction(async () => {
        await quotas.hold(what, ONE, who);
        throw new Error('as if the process ended here');
      }),
    ).rejects.toThrow('as if');
    await hold(who, ONE, what);
    await expect(hold(who)).rejects.toMatchObject({ code: 'quota_exceeded' });
    await quotas.release(what, who);
    await quotas.release(what, who);
    expect(await used(who)).toBe(0);
    await hold(who);
  });

  it('count a change by its difference, and let less pass always', async () => {
    const who = await owner({ memory_bytes: 100 });
    const what = thing();
    await hold(who, { memory_bytes: 60 } as never, what);
    await hold(who, { memory_bytes: 100 } as never, what);
    await expect(hold(who, { memory_bytes: 101 } as never, what)).rejects.toMatchObject({
      facts: { resource: 'memory_bytes', scope: 'key', used: 100, limit: 100, reset: null },
    });
    await keeper.put(HERE, { scope: 'key', scopeId: who.keyId }, { memory_bytes: 10 }, undefined);
    await hold(who, { memory_bytes: 50 } as never, what);
    expect(await used(who, 'memory_bytes')).toBe(50);
  });

  it('count a thing for whom it was made by, whoever changes it', async () => {
    const [maker, other] = [await owner({ instances: 5 }), await owner({ instances: 5 })];
    const what = thing();
    await hold(maker, ONE, what);
    await hold(other, { instances: 2 }, what);
    expect([await used(maker), await used(other)]).toEqual([2, undefined]);
  });

  it('stop counting where there is no limit any more', async () => {
    const who = await owner({ instances: 5 });
    await hold(who);
    await keeper.reset(HERE, 'key', who.keyId, undefined);
    expect(await used(who)).toBeUndefined();
    await hold(who);
    await keeper.put(HERE, { scope: 'key', scopeId: who.keyId }, { instances: 3 }, undefined);
    await hold(who);
    await expect(hold(who)).rejects.toMatchObject({ code: 'quota_exceeded' });
  });

  it('have defaults, which the quota of one may be above', async () => {
    await database.db.execute(
      `INSERT INTO setting (name, value) VALUES ('quota_key_defaults', '{"instances": 1}')`,
    );
    try {
      const [plain, free] = [await owner(), await owner({ instances: null })];
      await hold(plain);
      await expect(hold(plain)).rejects.toMatchObject({ code: 'quota_exceeded' });
      await hold(free);
      await hold(free);
    } finally {
      await database.db.execute(`DELETE FROM setting WHERE name = 'quota_key_defaults'`);
    }
  });

  it('are for those who are there', async () => {
    const put = (scope: 'key' | 'workspace', scopeId: string, asking = HERE) =>
      keeper.put(asking, { scope, scopeId }, { instances: 1 }, undefined);
    await expect(put('key', 'nobody')).rejects.toMatchObject({ code: 'quota_unknown' });
    await expect(put('workspace', randomUUID())).rejects.toMatchObject({ code: 'quota_unknown' });
    const elsewhere = randomUUID();
    await database.db.execute(`INSERT INTO workspace (id, name) VALUES ($1, 'elsewhere')`, [elsewhere]);
    await expect(put('workspace', elsewhere, { workspaceId: elsewhere })).rejects.toMatchObject({
      code: 'quota_unknown',
    });
    expect(await put('workspace', elsewhere)).toMatchObject({ limits: { instances: 1 } });
  });

  it('say where a counter went wrong, and put it right', async () => {
    const who = await owner({ instances: 5 });
    await hold(who);
    await database.db.execute(`UPDATE quota_use SET used = 4 WHERE scope_id = $1`, [who.keyId]);
    await database.db.execute(
      `INSERT INTO quota_holding (kind, id, workspace_id, amounts) VALUES ('instances', $1, $2, '{"instances": 1}')`,
      [randomUUID(), DEFAULT_WORKSPACE_ID],
    );
    expect(await check.look()).toEqual({ drifted: 1, orphaned: 1 });
    expect(await used(who)).toBe(1);
    expect(await check.look()).toEqual({ drifted: 0, orphaned: 0 });
  });

  it('by the day are taken whole or not at all', async () => {
    const who = await owner({ tasks_per_day: 10 });
    const settled = await Promise.allSettled(
      Array.from({ length: 8 }, () => quotas.take('tasks_per_day', 3, who)),
    );
    expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(3);
    await quotas.take('tasks_per_day', 1, who);
    await expect(quotas.take('tasks_per_day', 1, who)).rejects.toMatchObject({
      facts: { resource: 'tasks_per_day', used: 10, limit: 10, reset: expect.any(String) as string },
    });
  });

  describe('of tool calls', () => {
    const started: { limits: CallLimits; budget: CallBudget; settings: StoredSettings }[] = [];
    const gateway = async (source = rows, clock = new FakeClock()) => {
      const settings = new StoredSettings(new SettingRows(database.db), pubsub);
      await settings.onModuleInit();
      const limits = new CallLimits(rows, settings, pubsub);
      await limits.onApplicationBootstrap();
      const budget = new CallBudget(limits, source, quotas, clock);
      started.push({ limits, budget, settings });
      return budget;
    };
    const callerOf = ({ keyId }: { keyId: string }): Principal => ({
      ...{ id: keyId, kind: 'key', name: keyId, role: 'developer', keyId },
      ...{ permissions: 'all', workspaceId: DEFAULT_WORKSPACE_ID },
    });
    const callsOf = async (budget: CallBudget, caller: Principal, tries: number) => {
      const settled = await Promise.allSettled(Array.from({ length: tries }, () => budget.wait(caller)));
      return {
        made: settled.filter(({ status }) => status === 'fulfilled').length,
        codes: new Set(codesOf(settled)),
      };
    };

    afterEach(async () => {
      for (const { limits, budget, settings } of started.splice(0)) {
        await budget.beforeApplicationShutdown();
        await limits.onApplicationShutdown();
        await settings.onApplicationShutdown();
      }
    });

    it('ask nobody where there is no limit', async () => {
      const budget = await gateway(Object.create(null) as QuotaRows);
      expect(budget.admit(callerOf(await owner()))).toBeUndefined();
    });

    it('are never more than the limit over two gateways, and reach it when one has given back', async () => {
      const who = await owner({ tool_calls_per_day: 100 });
      const [one, other] = [await gateway(), await gateway()];
      const [here, there] = await Promise.all([
        callsOf(one, callerOf(who), 90),
        callsOf(other, callerOf(who), 90),
      ]);
      expect(here.made + there.made).toBeLessThanOrEqual(100);
      expect(here.made + there.made).toBeGreaterThanOrEqual(90);
      expect(new Set([...here.codes, ...there.codes])).toEqual(new Set(['quota_exceeded']));
      await one.beforeApplicationShutdown();
      await other.beforeApplicationShutdown();
      const last = await callsOf(await gateway(), callerOf(who), 50);
      expect(here.made + there.made + last.made).toBe(100);
    });

    it('go on from the block while the database is away, and end closed', async () => {
      const who = await owner({ tool_calls_per_day: 1_000 });
      const away = Object.create(rows) as QuotaRows;
      const budget = await gateway(away);
      await budget.wait(callerOf(who));
      // The block that was leased ahead is under way.
      const leased = async (): Promise<number> => (await used(who, 'tool_calls_per_day')) ?? 0;
      const before = await leased();
      away.draw = () => Promise.reject(new Error('the database is away'));
      const { made, codes } = await callsOf(budget, callerOf(who), 500);
      expect(made).toBeGreaterThanOrEqual(before - 1);
      expect(made).toBeLessThan(500);
      expect(codes).toEqual(new Set(['quota_unavailable']));
    });

    it('are counted anew on the next day', async () => {
      const who = await owner({ tool_calls_per_day: 2 });
      const clock = new FakeClock();
      const budget = await gateway(rows, clock);
      expect((await callsOf(budget, callerOf(who), 5)).made).toBe(2);
      clock.advance(86_400_000);
      expect((await callsOf(budget, callerOf(who), 5)).made).toBe(2);
    });

    it('are refused by the new limit soon after it was set', async () => {
      const who = await owner();
      const budget = await gateway();
      const caller = callerOf(who);
      expect(budget.admit(caller)).toBeUndefined();
      await keeper.put(HERE, { scope: 'key', scopeId: who.keyId }, { tool_calls_per_day: 0 }, undefined);
      await started.at(-1)?.limits.reload();
      await expect(budget.wait(caller)).rejects.toMatchObject({ code: 'quota_exceeded' });
    });
  });
});
