import { Database } from '@app/database';
import { EventAppender } from '@app/outbox';
import { SqlAuditStore } from '../../../src/audit/persistence/sql-audit.store';
import { SegmentStore } from '../../../src/audit/persistence/segment-store';
import { SqlCallStore } from '../../../src/gateway/persistence/sql-call.store';
import { Chain } from './chain-fixture';

const TRAIL = ['audit', 'mcp_call', 'audit_seal', 'audit_segment', 'audit_removal'];
const DENIED = { code: '42501' };

describe('the role of the application', () => {
  let chain: Chain;
  let app: Database;

  beforeAll(async () => {
    chain = await Chain.start();
    app = await Database.open({ url: chain.database.url, applicationName: 'spec', role: 'quayside_app' });
  }, 180_000);
  afterAll(async () => {
    await (app as Database | undefined)?.close();
    await (chain as Chain | undefined)?.stop();
  });

  it('is there in every database that may have roles', () => {
    expect(app.roleApplied).toBe(true);
  });

  it.each(TRAIL)('can neither change nor remove what %s holds', async (table) => {
    const column = { audit: 'actor', mcp_call: 'actor', audit_removal: 'removed_at' }[table] ?? 'key_id';
    await expect(app.execute(`UPDATE ${table} SET ${column} = NULL`)).rejects.toMatchObject(DENIED);
    await expect(app.execute(`DELETE FROM ${table}`)).rejects.toMatchObject(DENIED);
    await expect(app.execute(`TRUNCATE ${table}`)).rejects.toMatchObject(DENIED);
    await expect(app.execute(`DROP TABLE ${table}`)).rejects.toMatchObject(DENIED);
    await expect(app.execute(`ALTER TABLE ${table} RENAME TO gone`)).rejects.toMatchObject(DENIED);
  });

  it.each(['audit', 'mcp_call'])('cannot choose the place of a row in %s', async (table) => {
    await expect(
      app.execute(`INSERT INTO ${table} (id, tx) VALUES (gen_random_uuid(), '1')`),
    ).rejects.toMatchObject(DENIED);
    await expect(
      app.execute(`INSERT INTO ${table} (id, entry) OVERRIDING SYSTEM VALUE VALUES (gen_random_uuid(), 1)`),
    ).rejects.toMatchObject(DENIED);
  });

  it('writes changes, denials and calls, and seals them', async () => {
    await app.transaction(() =>
      new EventAppender(app).append([
        {
          ...{ name: 'thing.part.changed', aggregateType: 'things', aggregateId: 't', data: {} },
          occurredAt: new Date(),
        },
      ]),
    );
    await new SqlAuditStore(app).append([]);
    await new SqlCallStore(app).append([]);
    const asApp = chain.as(app);
    await asApp.sealed(1);
    await asApp.keeper.close(() => true);
    expect(await asApp.verify()).toMatchObject({ fault: undefined, isEnd: true });
  });

  it('writes every other table, those of later migrations too', async () => {
    const rows = await app.query<{ name: string }>(
      `SELECT c.relname AS name FROM pg_class c
        WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r'
          AND NOT (has_table_privilege(c.oid, 'INSERT') AND has_table_privilege(c.oid, 'UPDATE') AND has_table_privilege(c.oid, 'DELETE'))
        ORDER BY 1`,
    );
    expect(rows.map(({ name }) => name)).toEqual([...TRAIL, 'migrations'].sort());
    await chain.db.execute(
      'CREATE TABLE of_a_later_migration (id bigint GENERATED ALWAYS AS IDENTITY, n integer)',
    );
    await app.execute('INSERT INTO of_a_later_migration (n) VALUES (1)');
  });
});

describe('the retention of the audit trail', () => {
  let chain: Chain;
  let app: Database;
  let asApp: Chain;

  beforeAll(async () => {
    chain = await Chain.start();
    app = await Database.open({ url: chain.database.url, applicationName: 'spec', role: 'quayside_app' });
    asApp = chain.as(app);
  }, 180_000);
  afterAll(async () => {
    await (app as Database | undefined)?.close();
    await (chain as Chain | undefined)?.stop();
  });

  /** A segment that was closed so long ago, signed as it would have been then. */
  const segmentOf = async (daysAgo: number) => {
    await chain.change();
    await chain.calls(3);
    const [sum] = await chain.db.query<{ rows: number }>(
      `SELECT ((SELECT count(*) FROM audit) + (SELECT count(*) FROM mcp_call))::integer AS rows`,
    );
    await chain.sealedAgo(daysAgo, sum?.rows ?? 0);
    await chain.keeper.close(() => true);
  };
  const counts = async () =>
    (
      await chain.db.query<Record<string, number>>(
        `SELECT (SELECT count(*)::int FROM audit) AS audit, (SELECT count(*)::int FROM mcp_call) AS calls,
                (SELECT count(*)::int FROM audit_segment) AS segments, (SELECT count(*)::int FROM audit_removal) AS removed`,
      )
    )[0];

  it('removes whole segments whose time is over, by the role that may not delete, and still verifies', async () => {
    await segmentOf(400);
    await segmentOf(200);
    await segmentOf(100);
    await segmentOf(0);
    expect(await counts()).toEqual({ audit: 4, calls: 12, segments: 4, removed: 0 });

    expect(await asApp.keeper.removeOld()).toBeGreaterThan(0);
    await asApp.keeper.removeOld();
    expect(await counts()).toEqual({ audit: 3, calls: 9, segments: 4, removed: 1 });
    expect(await chain.verify()).toMatchObject({ fault: undefined, rows: 12, isEnd: true });
  });

  it('follows the setting, and no setting makes it short', async () => {
    await chain.db.execute(
      `INSERT INTO setting (name, value) VALUES ('audit_retention_days', '1') ON CONFLICT (name) DO UPDATE SET value = '1'`,
    );
    await asApp.keeper.removeOld();
    expect(await counts()).toEqual({ audit: 2, calls: 6, segments: 4, removed: 2 });
    const forget = (which: number) => new SegmentStore(app).forget(which);
    await expect(forget(4)).rejects.toThrow('kept for 30 days');
    await expect(forget(5)).rejects.toThrow('no closed segment');
  });

  it('keeps a segment that was altered, as evidence', async () => {
    const before = await counts();
    await chain.db.execute(`UPDATE audit SET actor = 'nobody' WHERE entry = (SELECT min(entry) FROM audit)`);
    expect(await asApp.keeper.removeOld()).toBe(0);
    expect(await counts()).toEqual(before);
  });

  it('shows a summary that was altered', async () => {
    await chain.db.execute(`UPDATE audit_segment SET audit_rows = 0 WHERE number = 1`);
    expect((await chain.verify()).fault).toMatchObject({ fault: 'altered', of: 'segment', sequence: 1 });
  });
});
