import { setTimeout as delay } from 'node:timers/promises';
import { DEFAULT_WORKSPACE_ID } from '@app/kernel';
import { CallLimits } from '../../../src/limits/quotas/call-limits';
import { LoginLimits } from '../../../src/limits';
import { StoredSettings } from '../../../src/settings';
import { FaceWorld } from '../gateway/face-world';

const READ = '/api/v1/me';
const HOUR_S = 3_600;

describe('limits at the edge', () => {
  const faces = new FaceWorld();

  beforeAll(() => faces.start(), 180_000);
  afterAll(() => faces.stop());
  afterEach(async () => {
    await faces.world.truth.db.execute(`DELETE FROM setting`);
    await faces.world.app.get(StoredSettings, { strict: false }).reload();
  });

  const set = async (name: string, limits: Record<string, number | null>): Promise<void> => {
    const value = JSON.stringify({ window_s: HOUR_S, ...limits });
    await faces.world.truth.db.execute(
      `INSERT INTO setting (name, value) VALUES ($1, $2::jsonb) ON CONFLICT (name) DO UPDATE SET value = excluded.value`,
      [name, value],
    );
    await faces.world.app.get(StoredSettings, { strict: false }).reload();
  };
  const get = (key: string, headers: Record<string, string> = {}) =>
    fetch(`${faces.base}${READ}`, { headers: { authorization: `Bearer ${key}`, ...headers } });
  const call = (key: string, path: string, message: object) =>
    fetch(`${faces.base}${path}`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${key}`,
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
      },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, ...message }),
    });
  const statuses = async (answers: readonly Promise<Response>[]): Promise<Record<number, number>> => {
    const counts: Record<number, number> = {};
    for (const { status } of await Promise.all(answers)) counts[status] = (counts[status] ?? 0) + 1;
    return counts;
  };
  const newKey = () => faces.world.issueKey('developer');

  it('E9: tell each caller of REST what is left, and then to wait', async () => {
    await set('rate_limit_read', { key: 20 });
    const { key } = await newKey();
    const first = await get(key);
    expect(first.headers.get('ratelimit-policy')).toBe(`"read";q=20;w=${HOUR_S}`);
    expect(first.headers.get('ratelimit')).toMatch(/^"read";r=19;t=\d+$/);

    expect(await statuses(Array.from({ length: 40 }, () => get(key)))).toEqual({ 200: 19, 429: 21 });
    const refused = await get(key);
    expect(refused.headers.get('ratelimit')).toMatch(/^"read";r=0;t=\d+$/);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await refused.json()).toMatchObject({ code: 'rate_limited', policy: 'read', scope: 'key' });
    expect((await get((await newKey()).key)).status).toBe(200);
  });

  it('E9: let the next call pass to whoever waits as long as they say', async () => {
    await set('rate_limit_read', { key: 3, window_s: 3 });
    const { key } = await newKey();
    const answers = await Promise.all(Array.from({ length: 6 }, () => get(key)));
    const refused = answers.find(({ status }) => status === 429);
    expect(refused?.headers.get('ratelimit-policy')).toBe('"read";q=3;w=3');
    await delay(Number(refused?.headers.get('retry-after')) * 1_000);
    expect((await get(key)).status).toBe(200);
  });

  it('say nothing and count nothing where a policy is off', async () => {
    await set('rate_limit_read', { key: null, user: null });
    const answer = await get((await newKey()).key);
    expect([answer.status, answer.headers.get('ratelimit')]).toEqual([200, null]);
  });

  it.each(['/mcp', '/servers/older/mcp'])('are kept at %s in the words of JSON-RPC', async (path) => {
    await set('rate_limit_mcp', { key: 3 });
    const { key } = await newKey();
    const ask = () => call(key, path, { method: 'tools/list', params: {} });
    const first = await ask();
    expect(first.headers.get('ratelimit-policy')).toBe(`"mcp";q=3;w=${HOUR_S}`);
    await Promise.all([ask(), ask()]);
    const refused = await ask();
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await refused.json()).toMatchObject({
      jsonrpc: '2.0',
      error: { code: 1429, data: { code: 'rate_limited', policy: 'mcp', scope: 'key' } },
    });
  });

  it('count tool calls of every face and of REST together', async () => {
    await set('rate_limit_tool_calls', { key: 2 });
    const { key } = await newKey();
    const tool = { method: 'tools/call', params: { name: 'echo', arguments: {} } };
    await call(key, '/mcp', tool);
    await call(key, '/servers/older/mcp', tool);
    const rest = await fetch(`${faces.base}/api/v1/mcp/tools/call`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ server_name: 'older', tool_name: 'echo', arguments: {} }),
    });
    expect([rest.status, await rest.json()]).toMatchObject([429, { policy: 'tool_calls' }]);
    expect((await call(key, '/mcp', { method: 'ping' })).status).not.toBe(429);
  });

  it('keep the calls of a day, and let everything else pass', async () => {
    const { id, key } = await newKey();
    await faces.world.truth.db.execute(
      `INSERT INTO quota (workspace_id, scope, scope_id, limits) VALUES ($1, 'key', $2, '{"tool_calls_per_day": 3}')`,
      [DEFAULT_WORKSPACE_ID, id],
    );
    await faces.world.app.get(CallLimits, { strict: false }).reload();
    const tool = { method: 'tools/call', params: { name: 'echo', arguments: {} } };
    const counts = await statuses(Array.from({ length: 12 }, () => call(key, '/servers/newer/mcp', tool)));
    expect(counts[429]).toBe(9);
    const refused = await call(key, '/mcp', tool);
    expect(await refused.json()).toMatchObject({
      error: { code: 1429, data: { code: 'quota_exceeded', resource: 'tool_calls_per_day', limit: 3 } },
    });
    expect((await call(key, '/mcp', { method: 'ping' })).status).not.toBe(429);
  });

  it('slow down whoever tries keys, under whatever address he claims, and nobody who has one', async () => {
    await set('rate_limit_refused', { address: 4 });
    const tries = Array.from({ length: 10 }, (_, at) =>
      get(`qs_wrong_${at}`, { 'x-forwarded-for': `198.51.100.${at}`, forwarded: `for=198.51.100.${at}` }),
    );
    expect(await statuses(tries)).toEqual({ 401: 4, 429: 6 });
    expect((await call('wrong', '/mcp', { method: 'ping' })).status).toBe(429);
    expect((await get((await newKey()).key)).status).toBe(200);
  });

  it('let a password be guessed so often for one account, and from one address', async () => {
    const logins = faces.world.app.get(LoginLimits, { strict: false });
    await set('rate_limit_sign_in', { account: 5, address: 8 });
    const admitted = async (account: string, address: string, tries: number): Promise<number> => {
      const settled = await Promise.allSettled(
        Array.from({ length: tries }, () => logins.admit({ account, address })),
      );
      return settled.filter(({ status }) => status === 'fulfilled').length;
    };
    expect(await admitted('Ada', '192.0.2.1', 20)).toBe(5);
    // From wherever: it is the account that is guessed.
    expect(await admitted('ada', '192.0.2.2', 1)).toBe(0);
    // Neighbours in one IPv6 network are one address.
    expect(await admitted('bob', '2001:db8:1:2::1', 4)).toBe(4);
    expect(await admitted('eve', '2001:db8:1:2::2', 5)).toBe(4);
    // What was right does not count.
    await logins.succeeded({ account: 'ada', address: '192.0.2.1' });
    expect(await admitted('ada', '192.0.2.1', 3)).toBe(1);
  });
});
