import { DEFAULT_WORKSPACE_ID } from '@app/kernel';
import { randomBytes, randomUUID } from 'node:crypto';
import { Keyring, newApiKey } from '@app/security';
import { Authenticator } from './authenticator';
import { type ApiKey, ApiKeyStore } from './domain/api-key';
import { permissionsOf } from './domain/permissions';
import { AccessTokens } from './access-tokens/access-tokens';
import { OwnTokens } from './access-tokens/own-tokens';
import { IdentityNotices } from './identity-notices';
import { IdentityOptions } from './identity.options';
import { ForeignTokens } from './issuers/foreign-tokens';
import { KeyHolders } from './keys/key-holders';
import { LiveKeys } from './keys/live-keys';
import { LiveSessions } from './sessions/live-sessions';
import { type Session, SessionStore } from './sessions/session';

class OneKey extends ApiKeyStore {
  asked = 0;
  touched = 0;
  constructor(private readonly key: ApiKey) {
    super();
  }
  override find(id: string): Promise<ApiKey | undefined> {
    this.asked += 1;
    return Promise.resolve(id === this.key.id ? this.key : undefined);
  }
  override touch(ids: readonly string[]): Promise<void> {
    this.touched += ids.length;
    return Promise.resolve();
  }
}

class NoForeignTokens extends ForeignTokens {
  override authenticate(): Promise<undefined> {
    return Promise.resolve(undefined);
  }
}

class OneSession extends SessionStore {
  constructor(private readonly session: Session | undefined) {
    super();
  }
  override find(id: string): Promise<Session | undefined> {
    return Promise.resolve(id === this.session?.id ? this.session : undefined);
  }
  override touch(): Promise<void> {
    return Promise.resolve();
  }
}

const keyring = Keyring.fromSetting(randomBytes(32).toString('base64'));
const BOOTSTRAP = 'b'.repeat(32);
const SOON = new Date(Date.now() + 3_600_000);
const SESSION: Session & { readonly userId: string } = {
  ...{
    id: randomUUID(),
    kind: 'token',
    digest: null,
    userId: randomUUID(),
    keyId: null,
    username: 'ada',
    role: 'developer',
  },
  ...{ workspaceId: DEFAULT_WORKSPACE_ID, lastSeenAt: new Date(), endedAt: null },
  ...{ idleExpiresAt: SOON, expiresAt: SOON },
};
/** Nothing is said and nobody listens. */
const silent = Object.create(IdentityNotices.prototype, {
  on: { value: () => undefined },
}) as IdentityNotices;

function given(overrides: Partial<ApiKey> = {}, session: Partial<Session> = {}) {
  const made = newApiKey(keyring);
  const store = new OneKey({
    ...{ id: made.id, name: 'ci', digest: made.digest, role: 'developer', scopes: [] },
    ...{ expiresAt: null, revokedAt: null, lastUsedAt: null, workspaceId: DEFAULT_WORKSPACE_ID },
    ...{ userId: null, ownerRole: null, agentId: null, limitedTo: null, ...overrides },
  });
  const options = new IdentityOptions(BOOTSTRAP);
  const tokens = new AccessTokens(keyring, options);
  const keys = new LiveKeys(store, keyring, silent, options);
  const holders = new KeyHolders(keys, keyring, options);
  const sessions = new LiveSessions(new OneSession({ ...SESSION, ...session }), holders, silent, options);
  const authenticator = new Authenticator(holders, new OwnTokens(tokens, sessions), new NoForeignTokens());
  return { made, store, keys, tokens, authenticator };
}

describe('the authenticator', () => {
  it('knows the bootstrap key without any store', async () => {
    const { store, authenticator } = given();
    expect(await authenticator.authenticate(BOOTSTRAP)).toMatchObject({
      id: 'bootstrap',
      permissions: 'all',
      workspaceId: DEFAULT_WORKSPACE_ID,
    });
    expect(store.asked).toBe(0);
  });

  it('knows a stored key by its digest and notes the use', async () => {
    const { made, store, keys, authenticator } = given();
    const principal = await authenticator.authenticate(made.key);
    expect(principal).toMatchObject({
      id: made.id,
      kind: 'key',
      name: 'ci',
      role: 'developer',
      keyId: made.id,
    });
    await keys.onApplicationShutdown();
    expect(store.touched).toBe(1);
  });

  it('notes the use of a busy key once, not at each request', async () => {
    const { made, store, keys, authenticator } = given();
    for (let request = 0; request < 50; request += 1) await authenticator.authenticate(made.key);
    await keys.onApplicationShutdown();
    expect(store.touched).toBe(1);
  });

  it.each([
    ['revoked', { revokedAt: new Date() }],
    ['expired', { expiresAt: new Date(Date.now() - 1) }],
    ['of another digest', { digest: Buffer.alloc(32) }],
  ])('refuses a key that is %s', async (_what, overrides) => {
    const { made, authenticator } = given(overrides);
    expect(await authenticator.authenticate(made.key)).toBeUndefined();
  });

  it.each(['', 'x', 'x'.repeat(1_000), 'qs_abcdefabcdef_tooshort'])(
    'refuses %j without a look-up',
    async (text) => {
      const { store, authenticator } = given();
      expect(await authenticator.authenticate(text)).toBeUndefined();
      expect(store.asked).toBe(0);
    },
  );

  it('wants a bootstrap key of 32 characters', () => {
    expect(() => new IdentityOptions('b'.repeat(31))).toThrow(/32/);
  });

  describe('with tokens of our own', () => {
    const claims = { sessionId: SESSION.id, userId: SESSION.userId, workspaceId: SESSION.workspaceId };

    it('knows the user of the session', async () => {
      const { tokens, authenticator } = given();
      expect(await authenticator.authenticate(await tokens.issue(claims))).toMatchObject({
        ...{ id: SESSION.userId, kind: 'user', name: 'ada', role: 'developer', sessionId: SESSION.id },
      });
    });

    it.each([
      ['has ended', { endedAt: new Date() }],
      ['was not used for too long', { idleExpiresAt: new Date(Date.now() - 1) }],
      ['has lasted long enough', { expiresAt: new Date(Date.now() - 1) }],
      ['is of a user who is nothing here any more', { role: null }],
      ['is of somebody else', { userId: randomUUID() }],
      ['is in another workspace', { workspaceId: randomUUID() }],
      ['is unknown', { id: randomUUID() }],
    ])('refuses one whose session %s', async (_what, session) => {
      const { tokens, authenticator } = given({}, session);
      expect(await authenticator.authenticate(await tokens.issue(claims))).toBeUndefined();
    });
  });

  describe('with keys of users', () => {
    const owned = (ownerRole: string | null, overrides: Partial<ApiKey> = {}) =>
      given({ userId: randomUUID(), ownerRole, role: 'operator', ...overrides });

    it('cuts them down to what their owner is now', async () => {
      const { made, authenticator } = owned('viewer');
      const principal = await authenticator.authenticate(made.key);
      expect(principal).toMatchObject({ role: 'viewer' });
      expect(principal?.permissions).toEqual(permissionsOf('viewer', []));
    });

    it('refuses those of somebody who is nothing here any more', async () => {
      const { made, authenticator } = owned(null);
      expect(await authenticator.authenticate(made.key)).toBeUndefined();
    });

    it('knows an agent by its token', async () => {
      const { made, authenticator } = given({ role: 'agent', agentId: 'agent-7' });
      expect(await authenticator.authenticate(made.key)).toMatchObject({
        ...{ id: 'agent-7', kind: 'agent', agentId: 'agent-7', keyId: made.id },
      });
    });
  });
});
