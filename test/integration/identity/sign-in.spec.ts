import { eventually } from '@app/testing';
import { AdminLinks } from '../../../src/identity/tickets/admin-links';
import { type Answer, IdentityWorld } from './identity-world';

const ME = '/api/v1/me';
const PASSWORD = 'seven grey herons';
const OTHER_PASSWORD = 'nine green kettles';
const WAIT = { deadlineMs: 60_000 };
const LIMIT_MS = 180_000;

describe('people', () => {
  let world: IdentityWorld;
  let made = 0;

  beforeAll(async () => {
    world = await IdentityWorld.start();
    // Limits have a test of their own, and one address does not stand for one guesser here.
    await world.database.db.execute(`SELECT 1`);
  }, LIMIT_MS);
  afterAll(() => (world as IdentityWorld | undefined)?.stop());

  async function newUser(role = 'developer'): Promise<{ id: string; username: string }> {
    made += 1;
    const username = `user-${String(made)}`;
    const answer = await world.api.post('/api/v1/users', {
      ...{ username, password: PASSWORD, memberships: [{ workspace: 'default', role }] },
    });
    expect([answer.status, answer.body]).toEqual([201, answer.body]);
    return { id: String(answer.body['id']), username };
  }

  const signIn = (username: string, password = PASSWORD): Promise<Answer> =>
    world.api.post('/api/v1/auth/token', { username, password }, { as: null });
  const refresh = (token: unknown, address = '192.0.2.1'): Promise<Answer> =>
    world.api.post('/api/v1/auth/refresh', { refresh_token: token }, { as: null, headers: { 'x-test': address } });

  it('are let in for the first time by one link, used by one of many', async () => {
    const link = await world.api.app.get(AdminLinks, { strict: false }).issueFirst();
    // The start has made one already, and tells it nobody twice.
    expect(link).toBeUndefined();
    await world.database.db.execute(`UPDATE one_time_token SET expires_at = now()`);
    const fresh = await world.api.app.get(AdminLinks, { strict: false }).issueFirst();
    const token = /#token=(.+)$/.exec(fresh?.url ?? '')?.[1];
    expect(JSON.stringify(await world.database.db.query(`SELECT * FROM one_time_token`))).not.toContain(token);
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        world.api.post('/api/v1/auth/first-admin', { token, username: `first-${String(index)}`, password: PASSWORD }, { as: null }),
      ),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array.from({ length: 19 }, () => 403)]);
    const users = await world.database.db.query<{ username: string }>(`SELECT username FROM user_account`);
    expect(users).toHaveLength(1);
    const signedIn = await signIn(users[0]?.username ?? '');
    expect((await world.api.get(ME, { as: String(signedIn.body['access_token']) })).body).toMatchObject({ role: 'admin' });
    expect(await world.api.app.get(AdminLinks, { strict: false }).issueFirst()).toBeUndefined();
  }, LIMIT_MS);

  it('find a page behind the link that runs its own script only', async () => {
    const { status, headers, text } = await world.api.get('/console/welcome', { as: null });
    expect(status).toBe(200);
    const policy = String(headers['content-security-policy']);
    expect(policy).not.toContain('unsafe');
    const nonce = /script-src 'nonce-([^']+)'/.exec(policy)?.[1] ?? 'none';
    expect(text).toContain(`<script nonce="${nonce}">`);
    expect((await world.api.get('/console/welcome', { as: null })).text).not.toContain(nonce);
  });
});
