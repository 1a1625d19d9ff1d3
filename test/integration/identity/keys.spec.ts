import { eventually } from '@app/testing';
import { SocketTickets } from '../../../src/identity';
import { type Answer, IdentityWorld } from './identity-world';

const ME = '/api/v1/me';
const KEYS = '/api/v1/api-keys';
const PASSWORD = 'seven grey herons';
/** Far below the promised five seconds on a quiet machine; the limit is for a busy one. */
const WAIT = { deadlineMs: 60_000 };
const LIMIT_MS = 180_000;

describe('API keys', () => {
  let world: IdentityWorld;

  beforeAll(async () => {
    world = await IdentityWorld.start();
  }, LIMIT_MS);
  afterAll(() => (world as IdentityWorld | undefined)?.stop());

  const issue = (body: object, as?: string): Promise<Answer> =>
    world.api.post(KEYS, { name: 'ci', ...body }, as === undefined ? {} : { as });
  const statusAt = async (key: unknown): Promise<readonly number[]> =>
    Promise.all(
      [world.api, world.gateway].map(async (one) => (await one.get(ME, { as: String(key) })).status),
    );

  async function userToken(username: string, role: string): Promise<string> {
    const memberships = [{ workspace: 'default', role }];
    expect(
      (await world.api.post('/api/v1/users', { username, password: PASSWORD, memberships })).status,
    ).toBe(201);
    const { body } = await world.api.post(
      '/api/v1/auth/token',
      { username, password: PASSWORD },
      { as: null },
    );
    return String(body['access_token']);
  }

  it('are shown once, and never again', async () => {
    const { status, body } = await issue({ role: 'developer', scopes: ['tools:read', 'tools:call'] });
    expect([status, body['secret']]).toEqual([201, expect.stringMatching(/^qs_[a-z0-9]{12}_/)]);
    const id = String(body['id']);
    const [one, list] = [await world.api.get(`${KEYS}/${id}`), await world.api.get(KEYS)];
    expect(one.body).toMatchObject({
      id,
      name: 'ci',
      scopes: ['tools:read', 'tools:call'],
      revoked_at: null,
    });
    for (const { text } of [one, list]) expect(text).not.toContain(String(body['secret']));
    const me = await world.gateway.get(ME, { as: String(body['secret']) });
    expect(me.body['permissions']).toEqual(['me:read', 'me:update', 'tools:call', 'tools:read']);
    await eventually(async () => {
      expect((await world.api.get(`${KEYS}/${id}`)).body['last_used_at']).not.toBeNull();
    }, WAIT);
  });

  it('stop to work in every process when they are revoked', async () => {
    const { body } = await issue({ role: 'viewer' });
    expect(await statusAt(body['secret'])).toEqual([200, 200]);
    expect((await world.api.request('DELETE', `${KEYS}/${String(body['id'])}`)).status).toBe(204);
    await eventually(async () => {
      expect(await statusAt(body['secret'])).toEqual([401, 401]);
    }, WAIT);
    expect(await world.trail('identity.key.revoked')).toHaveLength(1);
  });

  it('are narrowed, never widened', async () => {
    const { body } = await issue({
      ...{ role: 'developer', scopes: ['tools:read', 'tools:call'], expires_at: '2090-01-01T00:00:00Z' },
    });
    const patch = (change: object) =>
      world.api.request('PATCH', `${KEYS}/${String(body['id'])}`, { body: change });
    for (const wider of [
      { scopes: [] },
      { scopes: ['tools:read', 'instances:read'] },
      { scopes: ['no:such'] },
      { expires_at: '2091-01-01T00:00:00Z' },
    ]) {
      const { status, body: problem } = await patch(wider);
      expect([wider, status, problem['code']]).toEqual([wider, 422, 'api_key_invalid']);
    }
    const { status, body: after } = await patch({ name: 'ci-2', scopes: ['tools:read'] });
    expect([status, after['name'], after['scopes']]).toEqual([200, 'ci-2', ['tools:read']]);
    await eventually(async () => {
      const me = await world.gateway.get(ME, { as: String(body['secret']) });
      expect(me.body['permissions']).toEqual(['me:read', 'me:update', 'tools:read']);
    }, WAIT);
  });

  it('end by themselves', async () => {
    expect((await issue({ role: 'viewer', expires_at: '2020-01-01T00:00:00Z' })).status).toBe(422);
    const { body } = await issue({ role: 'viewer', expires_at: '2090-01-01T00:00:00Z' });
    expect(await statusAt(body['secret'])).toEqual([200, 200]);
    await world.database.db.execute(`UPDATE api_key SET expires_at = now() WHERE id = $1`, [body['id']]);
    await eventually(async () => {
      expect(await statusAt(body['secret'])).toEqual([401, 401]);
    }, WAIT);
  });

  it('hold no more than whoever issues them, and lose what their owner loses', async () => {
    const token = await userToken('grace', 'developer');
    expect((await issue({ role: 'admin' }, token)).body['code']).toBe('grant_exceeds_own');
    expect((await issue({ role: 'developer', owner: 'workspace' }, token)).body['code']).toBe(
      'grant_exceeds_own',
    );
    const { body } = await issue({ role: 'developer' }, token);
    const role = async () => (await world.gateway.get(ME, { as: String(body['secret']) })).body['role'];
    expect(await role()).toBe('developer');
    // What it issues in its turn is its owner's too.
    const child = await issue({ role: 'developer' }, String(body['secret']));
    expect(child.body['user_id']).toBe(body['user_id']);
    await world.api.request('PATCH', '/api/v1/users/grace', {
      body: { memberships: [{ workspace: 'default', role: 'viewer' }] },
    });
    await eventually(async () => {
      expect(await role()).toBe('viewer');
    }, WAIT);
    await world.api.request('DELETE', '/api/v1/users/grace');
    await eventually(async () => {
      expect(await statusAt(body['secret'])).toEqual([401, 401]);
      expect(await statusAt(child.body['secret'])).toEqual([401, 401]);
    }, WAIT);
  });

  it('of others are not there for who is no administrator', async () => {
    const token = await userToken('hedy', 'developer');
    const foreign = String((await issue({ role: 'viewer' })).body['id']);
    for (const [method, id] of [
      ['GET', foreign],
      ['GET', 'nosuchkey000'],
      ['DELETE', foreign],
    ] as const) {
      const { status, body } = await world.api.request(method, `${KEYS}/${id}`, { as: token });
      expect([status, body['code']]).toEqual([404, 'api_key_not_found']);
    }
    expect((await world.api.get(KEYS, { as: token })).body['api_keys']).toEqual([]);
  });

  it('that are limited make none without the limit', async () => {
    const { body } = await issue({ role: 'admin', owner: 'workspace', limited_to: { instances: ['docs'] } });
    const as = String(body['secret']);
    expect((await issue({ role: 'viewer' }, as)).body['code']).toBe('grant_exceeds_own');
    expect((await issue({ role: 'viewer', limited_to: { instances: ['docs', 'more'] } }, as)).status).toBe(
      403,
    );
    expect((await issue({ role: 'viewer', limited_to: { instances: ['docs'] } }, as)).status).toBe(201);
  });

  it('of an administrator with few scopes make no administrators', async () => {
    const { body } = await issue({ role: 'admin', scopes: ['users:create', 'users:update', 'keys:create'] });
    const as = String(body['secret']);
    const memberships = [{ workspace: 'default', role: 'admin' }];
    const wanted = { username: 'mallory', password: PASSWORD, memberships };
    expect((await world.api.post('/api/v1/users', wanted, { as })).body['code']).toBe('grant_exceeds_own');
    expect((await world.api.post('/api/v1/auth/admin-link', {}, { as })).body['code']).toBe(
      'grant_exceeds_own',
    );
  });

  it('hand out tickets that let in once, and only while they hold', async () => {
    const { body } = await issue({ role: 'viewer' });
    const as = String(body['secret']);
    const tickets = world.api.app.get(SocketTickets, { strict: false });
    const ticket = async () =>
      String((await world.api.post('/api/v1/auth/ws-ticket', {}, { as })).body['ticket']);
    const one = await ticket();
    await world.database.db.execute(`UPDATE one_time_token SET expires_at = now() + interval '1 hour'`);
    const uses = await Promise.all(Array.from({ length: 10 }, () => tickets.redeem(one)));
    expect(uses.filter((principal) => principal !== undefined)).toEqual([
      expect.objectContaining({ keyId: body['id'], role: 'viewer' }),
    ]);
    const old = await ticket();
    await world.database.db.execute(`UPDATE one_time_token SET expires_at = now()`);
    expect(await tickets.redeem(old)).toBeUndefined();
    const late = await ticket();
    await world.database.db.execute(`UPDATE one_time_token SET expires_at = now() + interval '1 hour'`);
    await world.api.request('DELETE', `${KEYS}/${String(body['id'])}`);
    await eventually(async () => {
      expect(await tickets.redeem(late)).toBeUndefined();
    }, WAIT);
    expect(await tickets.redeem('no ticket at all')).toBeUndefined();
  });
});
