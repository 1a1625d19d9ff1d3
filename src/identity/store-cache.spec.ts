import { DEFAULT_WORKSPACE_ID } from '@app/kernel';
import { FakeClock } from '@app/testing';
import { type ApiKey } from './domain/api-key';
import { IdentityUnavailableError } from './domain/identity.errors';
import { StoreCache } from './store-cache';

const MINUTE_MS = 60_000;

class FakeStore {
  readonly keys = new Map<string, ApiKey>();
  isAway = false;
  asked = 0;

  find(id: string): Promise<ApiKey | undefined> {
    this.asked += 1;
    return this.isAway ? Promise.reject(new Error('connection refused')) : Promise.resolve(this.keys.get(id));
  }
}

const key = (id: string): ApiKey => ({
  ...{ id, name: id, digest: Buffer.alloc(32), role: 'viewer', scopes: [] },
  ...{ expiresAt: null, revokedAt: null, lastUsedAt: null, workspaceId: DEFAULT_WORKSPACE_ID },
  ...{ userId: null, ownerRole: null, agentId: null, limitedTo: null },
});

describe('keys in memory', () => {
  let clock: FakeClock;
  let store: FakeStore;
  let cache: StoreCache<ApiKey>;

  beforeEach(() => {
    clock = new FakeClock();
    store = new FakeStore();
    store.keys.set('k', key('k'));
    cache = new StoreCache((id) => store.find(id), { maxStalenessMs: 15 * MINUTE_MS }, clock);
  });

  it('are asked for once while they are fresh', async () => {
    await cache.get('k');
    clock.advance(1_000);
    expect(await cache.get('k')).toMatchObject({ id: 'k' });
    expect(store.asked).toBe(1);
  });

  it('are asked for once by many callers at the same time', async () => {
    await Promise.all(Array.from({ length: 20 }, () => cache.get('k')));
    expect(store.asked).toBe(1);
  });

  it('learn of a revocation within 5 s', async () => {
    await cache.get('k');
    store.keys.set('k', { ...key('k'), revokedAt: new Date() });
    clock.advance(5_000);
    expect((await cache.get('k'))?.revokedAt).not.toBeNull();
  });

  it('remember that an id is unknown', async () => {
    expect(await cache.get('nobody')).toBeUndefined();
    expect(await cache.get('nobody')).toBeUndefined();
    expect(store.asked).toBe(1);
  });

  it('stand in for a store that is away, and then no longer', async () => {
    await cache.get('k');
    store.isAway = true;
    clock.advance(14 * MINUTE_MS);
    expect(await cache.get('k')).toMatchObject({ id: 'k' });
    clock.advance(1 * MINUTE_MS);
    await expect(cache.get('k')).rejects.toBeInstanceOf(IdentityUnavailableError);
  });

  it('are closed, not open, for an id that memory does not know', async () => {
    store.isAway = true;
    await expect(cache.get('k')).rejects.toBeInstanceOf(IdentityUnavailableError);
  });

  it('do not ask a store that is away at each call', async () => {
    await cache.get('k');
    store.isAway = true;
    clock.advance(10_000);
    for (let call = 0; call < 50; call += 1) await cache.get('k');
    expect(store.asked).toBe(2);
  });

  it('come back when the store does', async () => {
    store.isAway = true;
    await expect(cache.get('k')).rejects.toThrow();
    store.isAway = false;
    clock.advance(1_000);
    expect(await cache.get('k')).toMatchObject({ id: 'k' });
  });
});
