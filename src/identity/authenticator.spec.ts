import { DEFAULT_WORKSPACE_ID } from '@app/kernel';
import { randomBytes } from 'node:crypto';
import { Keyring, newApiKey } from '@app/security';
import { Authenticator } from './authenticator';
import { type ApiKey, ApiKeyStore } from './domain/api-key';
import { IdentityOptions } from './identity.options';

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
  override touch(): Promise<void> {
    this.touched += 1;
    return Promise.resolve();
  }
}

const keyring = Keyring.fromSetting(randomBytes(32).toString('base64'));
const BOOTSTRAP = 'b'.repeat(32);

function given(overrides: Partial<ApiKey> = {}) {
  const made = newApiKey(keyring);
  const store = new OneKey({
    ...{ id: made.id, name: 'ci', digest: made.digest, role: 'developer', scopes: [] },
    ...{ expiresAt: null, revokedAt: null, lastUsedAt: null, ...overrides },
  });
  return { made, store, authenticator: new Authenticator(store, keyring, new IdentityOptions(BOOTSTRAP)) };
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
    const { made, store, authenticator } = given();
    const principal = await authenticator.authenticate(made.key);
    expect(principal).toMatchObject({
      id: made.id,
      kind: 'key',
      name: 'ci',
      role: 'developer',
      keyId: made.id,
    });
    expect(store.touched).toBe(1);
  });

  it('notes the use of a busy key once, not at each request', async () => {
    const { made, store, authenticator } = given();
    for (let request = 0; request < 50; request += 1) await authenticator.authenticate(made.key);
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
});
