import { eventually } from '@app/testing';
import { type Answer, IdentityWorld } from './identity-world';

const ME = '/api/v1/me';
const SESSION = '/api/v1/auth/session';
const PASSWORD = 'seven grey herons';
const WAIT = { deadlineMs: 60_000 };
const LIMIT_MS = 180_000;
const LOCAL = { host: 'localhost:8080', origin: 'http://localhost:8080' };
const PUBLIC = { host: 'quayside.example', 'sec-fetch-site': 'same-origin' };
const CREDENTIALS = { username: 'ada', password: PASSWORD };

describe('the session of a browser', () => {
  let world: IdentityWorld;

  beforeAll(async () => {
    world = await IdentityWorld.start();
    const memberships = [{ workspace: 'default', role: 'developer' }];
    const made = await world.api.post('/api/v1/users', { ...CREDENTIALS, memberships });
    expect(made.status).toBe(201);
  }, LIMIT_MS);
  afterAll(() => (world as IdentityWorld | undefined)?.stop());

  const signIn = (headers: Record<string, string>): Promise<Answer> =>
    world.api.post(SESSION, CREDENTIALS, { as: null, headers });
  const cookieOf = ({ headers }: Answer): string => String(headers['set-cookie']).split(';')[0] ?? '';

  it('is in a cookie that needs TLS, but on the own machine', async () => {
    const open = await signIn(PUBLIC);
    expect(open.status).toBe(201);
    expect(String(open.headers['set-cookie'])).toMatch(
      /^__Host-quayside=[^;]+; Max-Age=\d+; Path=\/; Secure; HttpOnly; SameSite=Strict$/,
    );
    const local = await signIn(LOCAL);
    expect(String(local.headers['set-cookie'])).toMatch(
      /^quayside-local-8080=[^;]+; Max-Age=\d+; Path=\/; HttpOnly; SameSite=Strict$/,
    );
    for (const [answer, host] of [
      [open, 'quayside.example'],
      [local, 'localhost:8080'],
    ] as const) {
      const headers = { host, cookie: cookieOf(answer) };
      expect((await world.gateway.get(ME, { as: null, headers })).body).toMatchObject({ name: 'ada' });
    }
    // The cookie of the one way in is nothing on the other.
    const mixed = { host: 'quayside.example', cookie: cookieOf(local) };
    expect((await world.api.get(ME, { as: null, headers: mixed })).status).toBe(401);
  });

  it.each([
    ['another site', { host: 'localhost:8080', 'sec-fetch-site': 'cross-site' }],
    ['another port of the machine', { host: 'localhost:8080', 'sec-fetch-site': 'same-site' }],
    ['nowhere', { host: 'localhost:8080' }],
  ])('begins with no request from %s', async (_what, headers) => {
    const { status, body, headers: answered } = await signIn(headers);
    expect([status, body['code'], answered['set-cookie']]).toEqual([403, 'cross_site_request', undefined]);
  });

  it('changes nothing for pages of others', async () => {
    const cookie = cookieOf(await signIn(LOCAL));
    const issue = (headers: Record<string, string>): Promise<Answer> =>
      world.api.post(
        '/api/v1/api-keys',
        { name: 'x', role: 'viewer' },
        { as: null, headers: { cookie, ...headers } },
      );
    expect((await issue(LOCAL)).status).toBe(201);
    for (const headers of [
      { host: 'localhost:8080' },
      { host: 'localhost:8080', 'sec-fetch-site': 'cross-site' },
      { ...LOCAL, 'sec-fetch-site': 'same-site' },
    ])
      expect((await issue(headers)).body['code']).toBe('cross_site_request');
    for (const method of ['PUT', 'PATCH', 'DELETE'] as const) {
      const path = method === 'PUT' ? '/api/v1/me/password' : '/api/v1/api-keys/nosuchkey000';
      const answer = await world.api.request(method, path, {
        ...{ as: null, headers: { host: 'localhost:8080', 'sec-fetch-site': 'cross-site', cookie } },
        ...(method === 'DELETE' ? {} : { body: {} }),
      });
      expect([method, answer.body['code']]).toEqual([method, 'cross_site_request']);
    }
    // Reading is what any page of ours does by following a link.
    const read = { cookie, host: 'localhost:8080', 'sec-fetch-site': 'none' };
    expect((await world.api.get(ME, { as: null, headers: read })).status).toBe(200);
  });

  it('counts for nothing beside a header, right or wrong', async () => {
    const cookie = cookieOf(await signIn(LOCAL));
    const wrong = await world.api.get(ME, { as: 'wrong', headers: { ...LOCAL, cookie } });
    expect(wrong.status).toBe(401);
    const right = await world.api.get(ME, { headers: { ...LOCAL, cookie } });
    expect(right.body['id']).toBe('bootstrap');
  });

  it('is a new one at each sign-in, and the old one is over', async () => {
    const before = cookieOf(await signIn(LOCAL));
    const after = cookieOf(await signIn({ ...LOCAL, cookie: before }));
    expect(after).not.toBe(before);
    const me = (cookie: string) => world.gateway.get(ME, { as: null, headers: { ...LOCAL, cookie } });
    expect((await me(after)).status).toBe(200);
    await eventually(async () => {
      expect((await me(before)).status).toBe(401);
    }, WAIT);
  });

  it('ends at a sign-out, and for want of use', async () => {
    const [left, idle] = [cookieOf(await signIn(LOCAL)), cookieOf(await signIn(LOCAL))];
    const me = (cookie: string) => world.gateway.get(ME, { as: null, headers: { ...LOCAL, cookie } });
    expect([(await me(left)).status, (await me(idle)).status]).toEqual([200, 200]);
    const out = await world.api.request('DELETE', SESSION, { as: null, headers: { ...LOCAL, cookie: left } });
    expect([out.status, out.headers['set-cookie']]).toEqual([
      204,
      'quayside-local-8080=; Max-Age=0; Path=/; HttpOnly; SameSite=Strict',
    ]);
    await world.database.db.execute(`UPDATE user_session SET idle_expires_at = now() WHERE ended_at IS NULL`);
    await eventually(async () => {
      expect([(await me(left)).status, (await me(idle)).status]).toEqual([401, 401]);
    }, WAIT);
  });

  it('is known by its whole secret only', async () => {
    const cookie = cookieOf(await signIn(LOCAL));
    // The last letter of 32 bytes in base64url holds spare bits: the one before it holds none.
    const other = `${cookie.slice(0, -2)}${cookie.at(-2) === 'A' ? 'B' : 'A'}${cookie.slice(-1)}`;
    expect((await world.api.get(ME, { as: null, headers: { ...LOCAL, cookie: other } })).status).toBe(401);
  });

  it('is shown to whoever is signed in, and ended from somewhere else', async () => {
    const [here, there] = [cookieOf(await signIn(LOCAL)), cookieOf(await signIn(LOCAL))];
    const as = (cookie: string) => ({ as: null, headers: { ...LOCAL, cookie } });
    type Listed = readonly { readonly id: string; readonly kind: string; readonly current: boolean }[];
    const list = async (cookie: string): Promise<Listed> =>
      (await world.api.get(`${ME}/sessions`, as(cookie))).body['sessions'] as Listed;
    const other = (await list(there)).find(({ current }) => current);
    expect((await list(here)).find(({ id }) => id === other?.id)).toMatchObject({
      kind: 'console',
      current: false,
    });
    const path = `${ME}/sessions/${other?.id ?? ''}`;
    // A key is no sign-in: the administrator's sees nothing and ends nothing of it.
    expect((await world.api.get(`${ME}/sessions`)).body).toEqual({ sessions: [] });
    expect((await world.api.request('DELETE', path)).status).toBe(404);
    expect((await world.api.request('DELETE', path, as(here))).status).toBe(204);
    await eventually(async () => {
      expect((await world.gateway.get(ME, as(there))).status).toBe(401);
    }, WAIT);
    expect((await world.api.get(ME, as(here))).status).toBe(200);
    expect((await world.api.request('DELETE', path, as(here))).body['code']).toBe('session_not_found');
  });

  it('is ended by the fiftieth that begins after it', async () => {
    const memberships = [{ workspace: 'default', role: 'viewer' }];
    const user = await world.api.post('/api/v1/users', { username: 'busy', password: PASSWORD, memberships });
    const first = await world.api.post(
      SESSION,
      { username: 'busy', password: PASSWORD },
      { as: null, headers: LOCAL },
    );
    const cookie = cookieOf(first);
    const fill = (count: number): Promise<number> =>
      world.database.db.execute(
        `INSERT INTO user_session (id, user_id, workspace_id, kind, idle_expires_at, expires_at)
         SELECT gen_random_uuid(), $1, workspace_id, 'token', now() + interval '1 day', now() + interval '1 day'
           FROM user_membership, generate_series(1, $2::int) WHERE user_id = $1`,
        [user.body['id'], count],
      );
    await fill(48);
    const again = (): Promise<Answer> =>
      world.api.post(SESSION, { username: 'busy', password: PASSWORD }, { as: null, headers: LOCAL });
    await again();
    expect((await world.api.get(ME, { as: null, headers: { ...LOCAL, cookie } })).status).toBe(200);
    await again();
    await eventually(async () => {
      expect((await world.api.get(ME, { as: null, headers: { ...LOCAL, cookie } })).status).toBe(401);
    }, WAIT);
    const [row] = await world.database.db.query<{ open: number; ended: number }>(
      `SELECT count(*) FILTER (WHERE ended_at IS NULL)::int AS open,
              count(*) FILTER (WHERE end_reason = 'too_many')::int AS ended FROM user_session WHERE user_id = $1`,
      [user.body['id']],
    );
    expect(row).toEqual({ open: 50, ended: 1 });
  });
});
