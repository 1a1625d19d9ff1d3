import { eventually } from '@app/testing';
import { type Answer, IdentityWorld } from './identity-world';

const ME = '/api/v1/me';
const SESSION = '/api/v1/auth/session';
const WAIT = { deadlineMs: 60_000 };
const LIMIT_MS = 180_000;
const LOCAL = { host: 'localhost:8080', origin: 'http://localhost:8080' };

describe('the session that a key begins', () => {
  let world: IdentityWorld;

  beforeAll(async () => {
    world = await IdentityWorld.start();
  }, LIMIT_MS);
  afterAll(() => (world as IdentityWorld | undefined)?.stop());

  const signIn = (body: object, headers: Record<string, string> = LOCAL): Promise<Answer> =>
    world.api.post(SESSION, body, { as: null, headers });
  const cookieOf = ({ headers }: Answer): string => String(headers['set-cookie']).split(';')[0] ?? '';
  const as = (cookie: string) => ({ as: null, headers: { ...LOCAL, cookie } });
  const newKey = async (body: object): Promise<{ id: string; key: string }> => {
    const { status, body: made } = await world.api.post('/api/v1/api-keys', body);
    expect(status).toBe(201);
    return { id: String(made['id']), key: String(made['secret']) };
  };

  it('may what the key may, and ends with it', async () => {
    const { id, key } = await newKey({ name: 'for-the-console', role: 'viewer' });
    const answer = await signIn({ api_key: ` ${key}\n` });
    expect([answer.status, answer.body]).toMatchObject([
      201,
      { user_id: null, key_id: id, username: 'for-the-console', role: 'viewer' },
    ]);
    expect(answer.text).not.toContain(key);
    const cookie = cookieOf(answer);
    const me = await world.gateway.get(ME, as(cookie));
    expect(me.body).toMatchObject({ kind: 'key', key_id: id, role: 'viewer' });
    const refused = await world.api.post('/api/v1/api-keys', { name: 'x', role: 'viewer' }, as(cookie));
    expect(refused.body['code']).toBe('grant_exceeds_own');
    expect((await world.trail('identity.session.started')).at(-1)).toMatchObject({ actor: `key:${id}` });

    expect((await world.api.request('DELETE', `/api/v1/api-keys/${id}`)).status).toBe(204);
    await eventually(async () => {
      expect((await world.gateway.get(ME, as(cookie))).status).toBe(401);
    }, WAIT);
  });

  it('is one of the key, not of the user it belongs to', async () => {
    const memberships = [{ workspace: 'default', role: 'developer' }];
    const credentials = { username: 'ada', password: 'seven grey herons' };
    expect((await world.api.post('/api/v1/users', { ...credentials, memberships })).status).toBe(201);
    const own = cookieOf(await signIn(credentials));
    const made = await world.api.post('/api/v1/api-keys', { name: 'mine', role: 'viewer' }, as(own));
    const byKey = cookieOf(await signIn({ api_key: made.body['secret'] }));
    type Listed = readonly { readonly id: string; readonly current: boolean }[];
    const listed = async (cookie: string): Promise<Listed> =>
      (await world.api.get(`${ME}/sessions`, as(cookie))).body['sessions'] as Listed;
    expect((await listed(byKey)).map(({ current }) => current)).toEqual([true]);
    const [owners] = (await listed(own)).filter(({ current }) => current);
    const path = `${ME}/sessions/${owners?.id ?? ''}`;
    expect((await world.api.request('DELETE', path, as(byKey))).body['code']).toBe('session_not_found');
    const change = { current_password: credentials.password, new_password: 'nine green kettles' };
    const answer = await world.api.request('PUT', `${ME}/password`, { ...as(byKey), body: change });
    expect(answer.body['code']).toBe('permission_denied');
  });

  it('is begun by the key of the installation too, and ends at a sign-out', async () => {
    const cookie = cookieOf(await signIn({ api_key: world.adminKey }));
    expect((await world.gateway.get(ME, as(cookie))).body).toMatchObject({ id: 'bootstrap', role: 'admin' });
    const ticket = await world.api.post('/api/v1/auth/ws-ticket', {}, as(cookie));
    expect(ticket.status).toBe(201);
    expect((await world.api.request('DELETE', SESSION, as(cookie))).status).toBe(204);
    await eventually(async () => {
      expect((await world.gateway.get(ME, as(cookie))).status).toBe(401);
    }, WAIT);
  });

  it('is over when the installation has another key', async () => {
    const cookie = cookieOf(await signIn({ api_key: world.adminKey }));
    await world.database.db.execute(
      `UPDATE user_session SET key_id = 'bootstrap.ofanotherkey' WHERE key_id IS NOT NULL`,
    );
    await eventually(async () => {
      expect((await world.gateway.get(ME, as(cookie))).status).toBe(401);
    }, WAIT);
  });

  it('begins with nothing else', async () => {
    const wrong = await signIn({ api_key: 'qs_abcdefabcdef_nothing' });
    expect([wrong.status, wrong.body['code'], wrong.headers['set-cookie']]).toEqual([
      401,
      'sign_in_refused',
      undefined,
    ]);
    const byName = await signIn({ username: 'nobody', password: 'seven grey herons' });
    const said = ({ body: { title, detail, hint } }: Answer): unknown[] => [title, detail, hint];
    expect(said(wrong)).toEqual(said(byName));
    const both = await signIn({ api_key: world.adminKey, username: 'ada' });
    expect([both.status, both.body['code']]).toEqual([422, 'validation_failed']);
    expect((await signIn({})).status).toBe(422);
    expect((await signIn({ api_key: '' })).status).toBe(401);
  });

  it.each([
    ['without TLS', { host: 'quayside.example', origin: 'http://quayside.example' }, 'sign_in_needs_tls'],
    ['from another page', { ...LOCAL, 'sec-fetch-site': 'cross-site' }, 'cross_site_request'],
  ])('is not begun %s', async (_where, headers, code) => {
    const answer = await signIn({ api_key: world.adminKey }, headers);
    expect([answer.status, answer.body['code'], answer.headers['set-cookie']]).toEqual([
      403,
      code,
      undefined,
    ]);
  });
});
