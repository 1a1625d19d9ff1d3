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
  const refresh = (token: unknown): Promise<Answer> =>
    world.api.post('/api/v1/auth/refresh', { refresh_token: token }, { as: null });
  const meOf = (token: unknown): Promise<Answer> => world.gateway.get(ME, { as: String(token) });
  const refused = async (token: unknown): Promise<void> => {
    await eventually(async () => {
      expect((await meOf(token)).status).toBe(401);
    }, WAIT);
  };

  it(
    'are let in for the first time by one link, used by one of many',
    async () => {
      const link = await world.api.app.get(AdminLinks, { strict: false }).issueFirst();
      // The start has made one already, and tells it nobody twice.
      expect(link).toBeUndefined();
      await world.database.db.execute(`UPDATE one_time_token SET expires_at = now()`);
      const fresh = await world.api.app.get(AdminLinks, { strict: false }).issueFirst();
      const token = /#token=(.+)$/.exec(fresh?.url ?? '')?.[1];
      expect(JSON.stringify(await world.database.db.query(`SELECT * FROM one_time_token`))).not.toContain(
        token,
      );
      const answers = await Promise.all(
        Array.from({ length: 20 }, (_, index) =>
          world.api.post(
            '/api/v1/auth/first-admin',
            { token, username: `first-${String(index)}`, password: PASSWORD },
            { as: null },
          ),
        ),
      );
      expect(answers.map(({ status }) => status).sort()).toEqual([
        201,
        ...Array.from({ length: 19 }, () => 403),
      ]);
      const users = await world.database.db.query<{ username: string }>(`SELECT username FROM user_account`);
      expect(users).toHaveLength(1);
      const signedIn = await signIn(users[0]?.username ?? '');
      expect((await world.api.get(ME, { as: String(signedIn.body['access_token']) })).body).toMatchObject({
        role: 'admin',
      });
      expect(await world.api.app.get(AdminLinks, { strict: false }).issueFirst()).toBeUndefined();
    },
    LIMIT_MS,
  );

  it('sign in, and every process knows them by their token', async () => {
    const { id, username } = await newUser();
    const { status, body, headers } = await signIn(username.toUpperCase());
    expect([status, body['token_type'], body['expires_in']]).toEqual([200, 'Bearer', 900]);
    expect(headers['cache-control']).toBe('no-store');
    expect((await meOf(body['access_token'])).body).toMatchObject({
      kind: 'user',
      user_id: id,
      role: 'developer',
    });
    expect((await world.trail('identity.session.started')).at(-1)).toMatchObject({ actor: `user:${id}` });
  });

  it('get one answer, whatever is wrong, and the trail a denial', async () => {
    const [known, disabled] = [await newUser(), await newUser()];
    await world.api.request('PATCH', `/api/v1/users/${disabled.username}`, { body: { disabled: true } });
    const answers = [
      await signIn(known.username, OTHER_PASSWORD),
      await signIn('nobody-of-this-name', OTHER_PASSWORD),
      await signIn(disabled.username),
      await world.api.post(
        '/api/v1/auth/token',
        { username: known.username, password: PASSWORD, workspace: 'elsewhere' },
        { as: null },
      ),
    ];
    const said = answers.map(({ status, body: { code, title, detail, hint } }) => [
      status,
      code,
      title,
      detail,
      hint,
    ]);
    expect(new Set(said.map((one) => JSON.stringify(one))).size).toBe(1);
    expect(said[0]?.slice(0, 2)).toEqual([401, 'sign_in_refused']);
    const denials = await world.trail('identity.signin.denied');
    expect(denials.map((row) => row['resource_id'])).toEqual(expect.arrayContaining([known.id, 'unknown']));
    expect(JSON.stringify(denials)).not.toContain(OTHER_PASSWORD);
  });

  it('wait as long for a no, whether there is such a user or not', async () => {
    const { username } = await newUser();
    const fastest = { known: Number.POSITIVE_INFINITY, unknown: Number.POSITIVE_INFINITY };
    // In turns, and of each the fastest: what the machine does besides slows both alike.
    for (let round = 0; round < 10; round += 1) {
      for (const [kind, name] of [
        ['known', username],
        ['unknown', `nobody-${String(round)}`],
      ] as const) {
        const startedAtMs = performance.now();
        expect((await signIn(name, OTHER_PASSWORD)).status).toBe(401);
        fastest[kind] = Math.min(fastest[kind], performance.now() - startedAtMs);
      }
    }
    // Without a hash to compare with it would be a tenth.
    expect(fastest.unknown).toBeGreaterThan(fastest.known / 3);
    expect(fastest.known).toBeGreaterThan(fastest.unknown / 3);
  });

  it(
    'are kept from guessing, and let in again when they knew it',
    async () => {
      const { username } = await newUser();
      const tries: number[] = [];
      for (let round = 0; round < 30; round += 1) {
        const { status, headers } = await signIn(username, `${OTHER_PASSWORD} ${String(round)}`);
        tries.push(status);
        if (status === 429) expect(Number(headers['retry-after'])).toBeGreaterThan(0);
      }
      expect(tries).toEqual(tries.map((_, index) => (index < 20 ? 401 : 429)));
      expect((await signIn(username)).status).toBe(429);
      const other = await newUser();
      for (let round = 0; round < 25; round += 1) expect((await signIn(other.username)).status).toBe(200);
    },
    LIMIT_MS,
  );

  it('refresh with a token once; a second use ends the sign-in, but for an answer that got lost', async () => {
    const { username } = await newUser();
    const first = (await signIn(username)).body;
    const lost = await refresh(first['refresh_token']);
    // However slow the machine is, this was a moment ago.
    await world.database.db.execute(
      `UPDATE refresh_token SET used_at = now() + interval '1 hour' WHERE used_at IS NOT NULL`,
    );
    const second = await refresh(first['refresh_token']);
    expect([lost.status, second.status]).toEqual([200, 200]);
    expect(second.body['refresh_token']).toBe(lost.body['refresh_token']);
    const third = await refresh(second.body['refresh_token']);
    expect(third.status).toBe(200);
    // Its successor was used: whoever shows the old one now is not the one who lost an answer.
    const reused = await refresh(first['refresh_token']);
    expect([reused.status, reused.body['code']]).toEqual([401, 'refresh_refused']);
    expect((await refresh(third.body['refresh_token'])).status).toBe(401);
    await refused(third.body['access_token']);
    expect(await world.trail('identity.refresh.reused')).toHaveLength(1);
  });

  it('get one successor from many refreshes at once, and none long after', async () => {
    const { username } = await newUser();
    const { refresh_token: token } = (await signIn(username)).body;
    const answers = await Promise.all(Array.from({ length: 10 }, () => refresh(token)));
    const successors = answers.flatMap(({ status, body }) => (status === 200 ? [body['refresh_token']] : []));
    expect(new Set(successors).size).toBe(1);
    await world.database.db.execute(
      `UPDATE refresh_token SET used_at = used_at - interval '1 minute' WHERE used_at IS NOT NULL`,
    );
    expect((await refresh(token)).status).toBe(401);
    expect((await refresh('qsr_' + 'x'.repeat(43))).body['code']).toBe('refresh_refused');
  });

  it('sign out everywhere', async () => {
    const { username } = await newUser();
    const { access_token: access, refresh_token: token } = (await signIn(username)).body;
    expect((await meOf(access)).status).toBe(200);
    expect((await world.api.post('/api/v1/auth/sign-out', {}, { as: String(access) })).status).toBe(204);
    await refused(access);
    expect((await refresh(token)).status).toBe(401);
  });

  it('are out when time is over', async () => {
    const { id, username } = await newUser();
    const { access_token: access, refresh_token: token } = (await signIn(username)).body;
    await world.database.db.execute(`UPDATE user_session SET idle_expires_at = now() WHERE user_id = $1`, [
      id,
    ]);
    await refused(access);
    expect((await refresh(token)).status).toBe(401);
  });

  it('keep their session and lose all others when they change their password', async () => {
    const { username } = await newUser();
    const [own, other] = [(await signIn(username)).body, (await signIn(username)).body];
    const change = (current: string) =>
      world.api.request('PUT', `${ME}/password`, {
        as: String(own['access_token']),
        body: { current_password: current, new_password: OTHER_PASSWORD },
      });
    expect((await change('not the present one')).body['code']).toBe('wrong_password');
    expect((await change(PASSWORD)).status).toBe(204);
    await refused(other['access_token']);
    expect((await meOf(own['access_token'])).status).toBe(200);
    expect((await signIn(username)).status).toBe(401);
    expect((await signIn(username, OTHER_PASSWORD)).status).toBe(200);
  });

  it('lose in open sessions what they lose, and everything when they are disabled or deleted', async () => {
    const { username } = await newUser('operator');
    const { access_token: access } = (await signIn(username)).body;
    const patch = (body: object) => world.api.request('PATCH', `/api/v1/users/${username}`, { body });
    expect((await meOf(access)).body['role']).toBe('operator');
    await patch({ memberships: [{ workspace: 'default', role: 'viewer' }] });
    await eventually(async () => {
      expect((await meOf(access)).body['role']).toBe('viewer');
    }, WAIT);
    expect(await world.trail('identity.role.changed')).not.toHaveLength(0);
    await patch({ disabled: true });
    await refused(access);
    await patch({ disabled: false });
    const again = (await signIn(username)).body['access_token'];
    expect((await meOf(again)).status).toBe(200);
    expect((await world.api.request('DELETE', `/api/v1/users/${username}`)).status).toBe(204);
    await refused(again);
  });

  it('cannot all go: the last administrator stays', async () => {
    const admins = await world.database.db.query<{ username: string; memberships: number }>(
      `SELECT username FROM user_account u JOIN user_membership m ON m.user_id = u.id WHERE m.role = 'admin'`,
    );
    expect(admins).toHaveLength(1);
    const [{ username } = { username: '' }] = admins;
    const url = `/api/v1/users/${username}`;
    for (const [method, body] of [
      ['DELETE', undefined],
      ['PATCH', { disabled: true }],
      ['PATCH', { memberships: [] }],
      ['PATCH', { memberships: [{ workspace: 'default', role: 'operator' }] }],
    ] as const) {
      const answer = await world.api.request(method, url, body === undefined ? {} : { body });
      expect([answer.status, answer.body['code']]).toEqual([409, 'last_admin']);
    }
    const other = await newUser('admin');
    const answers = await Promise.all(
      [username, other.username].map((name) => world.api.request('DELETE', `/api/v1/users/${name}`)),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([204, 409]);
  });

  it('have no secret of theirs in the database in clear', async () => {
    const { username } = await newUser();
    const { refresh_token: token, access_token: access } = (await signIn(username)).body;
    const { body: key } = await world.api.post('/api/v1/api-keys', { name: 'dumped', role: 'viewer' });
    const dump = JSON.stringify(
      await Promise.all(
        [
          'user_account',
          'user_session',
          'refresh_token',
          'one_time_token',
          'api_key',
          'domain_event',
          'audit',
        ].map((table) => world.database.db.query(`SELECT t::text AS row FROM ${table} t`)),
      ),
    );
    for (const secret of [PASSWORD, token, access, key['secret']]) {
      expect(dump).not.toContain(String(secret));
      expect(dump).not.toContain(Buffer.from(String(secret)).toString('hex'));
    }
    expect(dump).toContain('$argon2id$');
  });
});
