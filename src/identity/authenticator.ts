import { timingSafeEqual } from 'node:crypto';
import { Injectable, Logger } from '@nestjs/common';
import { DEFAULT_WORKSPACE_ID, systemClock } from '@app/kernel';
import { hashApiKey, Keyring, matchesApiKey, parseApiKey } from '@app/security';
import { type Principal } from '@app/telemetry';
import { type ApiKey, ApiKeyStore, isLive } from './domain/api-key';
import { permissionsOf } from './domain/permissions';
import { IdentityOptions } from './identity.options';
import { KeyCache } from './key-cache';

const BOOTSTRAP: Principal = {
  id: 'bootstrap',
  kind: 'key',
  name: 'bootstrap administrator',
  role: 'admin',
  permissions: 'all',
  workspaceId: DEFAULT_WORKSPACE_ID,
  keyId: 'bootstrap',
};

/** The longest credential looked at; longer ones are not even hashed. */
const MAX_CREDENTIAL_LENGTH = 512;
/** How old a noted use may get before it is noted again. */
const TOUCH_AFTER_MS = 60_000;

/** Turns a bearer credential into the principal it proves, or into nothing. */
@Injectable()
export class Authenticator {
  private readonly logger = new Logger(Authenticator.name);
  private readonly bootstrapDigest: Buffer;
  private readonly cache: KeyCache;
  /** A key that was read once is noted once: a busy one must not flood the database until it is read again. */
  private readonly noted = new WeakSet<ApiKey>();

  constructor(
    private readonly store: ApiKeyStore,
    private readonly keyring: Keyring,
    options: IdentityOptions,
  ) {
    this.bootstrapDigest = hashApiKey(keyring, options.bootstrapApiKey);
    this.cache = new KeyCache(store, options.maxStalenessMs, systemClock);
  }

  async authenticate(bearer: string): Promise<Principal | undefined> {
    if (bearer === '' || bearer.length > MAX_CREDENTIAL_LENGTH) return undefined;
    if (timingSafeEqual(hashApiKey(this.keyring, bearer), this.bootstrapDigest)) return BOOTSTRAP;

    // The checksum refuses typing errors and random noise without a look-up.
    const parsed = parseApiKey(bearer);
    if (parsed === undefined) return undefined;
    const key = await this.cache.get(parsed.id);
    if (key === undefined || !matchesApiKey(this.keyring, bearer, key.digest)) return undefined;
    if (!isLive(key, new Date())) return undefined;
    this.noteUse(key);
    return toPrincipal(key);
  }

  private noteUse(key: ApiKey): void {
    const { id, lastUsedAt } = key;
    if (lastUsedAt !== null && Date.now() - lastUsedAt.getTime() < TOUCH_AFTER_MS) return;
    if (this.noted.has(key)) return;
    this.noted.add(key);
    this.store.touch(id).catch((error: unknown) => {
      this.logger.debug(`the use of key ${id} was not noted: ${String(error)}`);
    });
  }
}

function toPrincipal({ id, name, role, scopes }: ApiKey): Principal {
  return {
    id,
    kind: 'key',
    name,
    role,
    permissions: permissionsOf(role, scopes),
    keyId: id,
    workspaceId: DEFAULT_WORKSPACE_ID,
  };
}
