import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { isDatabaseUnavailable } from '@app/database';
import { systemClock } from '@app/kernel';
import { Keyring, matchesApiKey } from '@app/security';
import { WriteBehind } from '@app/resilience';
import { type Principal } from '@app/telemetry';
import { type ApiKey, ApiKeyStore, isLive } from '../domain/api-key';
import { IdentityNotices } from '../identity-notices';
import { IdentityOptions } from '../identity.options';
import { StoreCache } from '../store-cache';
import { principalOfKey } from './key-principal';

/** How old a noted use may get before it is noted again. */
const TOUCH_AFTER_MS = 60_000;
/** A thousand agents that use theirs once a minute must not cost a statement each. */
const NOTE_EVERY_MS = 1_000;
const NOTED_TOGETHER = 500;
/** While the database is away; what does not fit is noted at a later use. */
const WAITING_MAX = 10_000;
const LAST_NOTE_LIMIT_MS = 2_000;

/** Keys in memory, for every request that shows one. */
@Injectable()
export class LiveKeys implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(LiveKeys.name);
  private readonly cache: StoreCache<ApiKey>;
  /** Made once for what was read once: a request must not pay for the sets of its permissions. */
  private readonly principals = new WeakMap<ApiKey, Principal>();
  /** A key that was read once is noted once: a busy one must not flood the database until it is read again. */
  private readonly noted = new WeakSet<ApiKey>();
  private readonly uses: WriteBehind<string>;

  constructor(
    store: ApiKeyStore,
    private readonly keyring: Keyring,
    notices: IdentityNotices,
    options: IdentityOptions,
  ) {
    this.cache = new StoreCache((id) => store.find(id), options, systemClock);
    this.uses = new WriteBehind({
      ...{ capacity: WAITING_MAX, batchMax: NOTED_TOGETHER, flushEveryMs: NOTE_EVERY_MS },
      write: (ids) => store.touch(ids),
      isAway: isDatabaseUnavailable,
      onAway: (error) => {
        this.logger.debug(`uses of keys wait to be noted: ${String(error)}`);
      },
      onRefused: (id, error) => {
        this.logger.warn(`the use of key ${id} was not noted: ${String(error)}`);
      },
    });
    notices.on('key', (id) => {
      this.cache.drop((known) => known === id);
    });
    notices.on('user', (userId) => {
      this.cache.drop((_id, key) => key?.userId === userId);
    });
    notices.on('workspace', (workspaceId) => {
      this.cache.drop((_id, key) => key?.workspaceId === workspaceId);
    });
  }

  onApplicationBootstrap(): void {
    this.uses.start();
  }

  onApplicationShutdown(): Promise<void> {
    return this.uses.stop(LAST_NOTE_LIMIT_MS);
  }

  /** `presented` is compared where the key itself was sent; without it the id must have been proven before. */
  async principalOf(id: string, presented?: string): Promise<Principal | undefined> {
    const key = await this.cache.get(id);
    if (key === undefined) return undefined;
    if (presented !== undefined && !matchesApiKey(this.keyring, presented, key.digest)) return undefined;
    if (!isLive(key, new Date())) return undefined;
    this.noteUse(key);
    return this.remembered(key);
  }

  private remembered(key: ApiKey): Principal {
    const known = this.principals.get(key);
    if (known !== undefined) return known;
    const principal = principalOfKey(key);
    this.principals.set(key, principal);
    return principal;
  }

  private noteUse(key: ApiKey): void {
    const { id, lastUsedAt } = key;
    if (lastUsedAt !== null && Date.now() - lastUsedAt.getTime() < TOUCH_AFTER_MS) return;
    if (this.noted.has(key)) return;
    this.noted.add(key);
    this.uses.push(id);
  }
}
