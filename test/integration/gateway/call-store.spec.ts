import { newId } from '@app/kernel';
import { type TestDatabase, testDatabase } from '@app/testing';
import { SqlCallStore } from '../../../src/gateway/persistence/sql-call.store';
import { type SqlCallPage } from '../../../src/gateway/persistence/sql-call-page';
import { type StoredCall } from '../../../src/gateway/records/call-store';
import { MIGRATIONS } from '../../../src/migrations';

const WORKSPACE = '00000000-0000-4000-8000-000000000001';
const HOUR_MS = 3_600_000;

describe('where calls end up', () => {
  let test: TestDatabase;
  let store: SqlCallStore;
  const call = (about: Partial<StoredCall> = {}, record: Partial<StoredCall['record']> = {}): StoredCall => ({
    ...{ id: newId(), at: new Date(), actor: 'user:ada', keyId: null, address: null },
    ...{ requestId: null, traceId: null, workspaceId: WORKSPACE },
    record: { face: 'server', method: 'tools/call', outcome: 'ok', durationMs: 1, ...record },
    ...about,
  });
  const kept = (ids: readonly string[]): Promise<Record<string, unknown>[]> =>
    test.db.query(`SELECT * FROM mcp_call WHERE id = ANY($1) ORDER BY entry`, [ids]);

  const pageOf = (calls: readonly StoredCall[]): SqlCallPage => {
    const page = store.newPage();
    for (const each of calls) page.add(each);
    return page;
  };

  beforeAll(async () => {
    test = await testDatabase({ migrations: MIGRATIONS });
    store = new SqlCallStore(test.db);
  });
  afterAll(() => test.drop());

  it('keeps all of a call, and nothing for what nobody knows of another', async () => {
    const instanceId = newId();
    const full = call(
      { keyId: 'k1', address: '10.0.0.1', requestId: 'r-1', traceId: 'ab'.repeat(16) },
      {
        ...{ target: 'écho', instanceId, serverName: 'one', endpointName: 'all-of-it', code: -32_602 },
        ...{ outcome: 'refused', protocolVersion: '2025-11-25', durationMs: 12.345_678, upstreamMs: 9.5 },
        argumentShape: ['message:string', 'né\u0000:"number"'],
      },
    );
    const bare = call();
    await store.append([pageOf([full, bare])]);
    const [first, second] = await kept([full.id, bare.id]);
    expect(first).toMatchObject({
      ...{ id: full.id, at: full.at, actor: 'user:ada', key_id: 'k1', address: '10.0.0.1' },
      ...{ request_id: 'r-1', trace_id: 'ab'.repeat(16), workspace_id: WORKSPACE, face: 'server' },
      ...{ method: 'tools/call', target: 'écho', instance_id: instanceId, server_name: 'one' },
      ...{ endpoint_name: 'all-of-it', outcome: 'refused', code: '-32602', protocol_version: '2025-11-25' },
      ...{ duration_ms: 12.346, upstream_ms: 9.5 },
      argument_shape: ['message:string', 'né\uFFFD:"number"'],
    });
    expect(second).toMatchObject({
      ...{ id: bare.id, key_id: null, address: null, request_id: null, trace_id: null, target: null },
      ...{ instance_id: null, upstream_ms: null, argument_shape: null, code: null },
    });
  });

  it('gives each call of a batch in which callers alternate its own', async () => {
    const calls = Array.from({ length: 50 }, (_, nth) => call({ actor: `user:${String(nth % 3)}` }));
    await store.append([pageOf(calls)]);
    const rows = await kept(calls.map(({ id }) => id));
    const actors = new Map(rows.map(({ id, actor }) => [id, actor]));
    expect(actors).toEqual(new Map(calls.map(({ id, actor }) => [id, actor])));
  });

  it('writes several pages at once, whole ones and halves of some, and each call keeps what it shares with others', async () => {
    const calls = Array.from({ length: 31 }, (_, nth) =>
      call({ actor: `user:${String(nth % 4)}`, requestId: nth % 5 === 0 ? null : `r-${String(nth)}` }),
    );
    const pages = [
      pageOf(calls.slice(0, 1)),
      ...pageOf(calls.slice(1, 12)).halves(),
      pageOf(calls.slice(12)),
    ];
    expect(pages.map(({ count }) => count)).toEqual([1, 6, 5, 19]);
    expect(pages[0]?.halves()).toEqual([]);
    await store.append(pages);
    const rows = await kept(calls.map(({ id }) => id));
    expect(new Map(rows.map((row) => [row['id'], [row['actor'], row['request_id']]]))).toEqual(
      new Map(calls.map(({ id, actor, requestId }) => [id, [actor, requestId]])),
    );
  });

  it('changes nothing of what is there already, and keeps what came with it', async () => {
    const sent = [call({ at: new Date(Date.now() - HOUR_MS) }), call()];
    await store.append([pageOf(sent)]);
    const before = await kept(sent.map(({ id }) => id));
    const fresh = call();
    await store.append([pageOf([...sent, fresh])]);
    const after = await kept([...sent, fresh].map(({ id }) => id));
    expect(after).toHaveLength(3);
    expect(after.slice(0, 2)).toEqual(before);
    await store.append([pageOf(sent)]);
    expect(await kept(sent.map(({ id }) => id))).toEqual(before);
  });

  it('takes a batch of nothing', async () => {
    await expect(store.append([])).resolves.toBeUndefined();
  });
});
