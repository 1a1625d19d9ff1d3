import { timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { DEFAULT_WORKSPACE_ID } from '@app/kernel';
import { hashApiKey, Keyring, parseApiKey } from '@app/security';
import { type Principal } from '@app/telemetry';
import { OwnTokens } from './access-tokens/own-tokens';
import { IdentityOptions } from './identity.options';
import { ForeignTokens } from './issuers/foreign-tokens';
import { LiveKeys } from './keys/live-keys';

const BOOTSTRAP: Principal = {
  id: 'bootstrap',
  kind: 'key',
  name: 'bootstrap administrator',
  role: 'admin',
  permissions: 'all',
  workspaceId: DEFAULT_WORKSPACE_ID,
  keyId: 'bootstrap',
};

/** The longest key looked at; longer ones are not even hashed. */
const MAX_KEY_LENGTH = 512;
/** The longest token looked at: 8 KiB. */
const MAX_TOKEN_LENGTH = 8_192;
const JWT = /^[\w-]+\.[\w-]+\.[\w-]+$/;

export interface AuthenticateOptions {
  /** The address of the resource that was called, where a token may be meant for that one alone. */
  readonly audience?: string;
}

/** Turns a bearer credential into the principal it proves, or into nothing. */
@Injectable()
export class Authenticator {
  private readonly bootstrapDigest: Buffer;

  constructor(
    private readonly keys: LiveKeys,
    private readonly own: OwnTokens,
    private readonly foreign: ForeignTokens,
    private readonly keyring: Keyring,
    options: IdentityOptions,
  ) {
    this.bootstrapDigest = hashApiKey(keyring, options.bootstrapApiKey);
  }

  /** Throws only where a credential cannot be checked: an `IdentityUnavailableError`. */
  async authenticate(bearer: string, { audience }: AuthenticateOptions = {}): Promise<Principal | undefined> {
    if (bearer === '' || bearer.length > MAX_TOKEN_LENGTH) return undefined;
    // The checksum refuses typing errors and random noise without a look-up.
    const parsed = parseApiKey(bearer);
    if (parsed !== undefined) return this.keys.principalOf(parsed.id, bearer);
    if (this.isBootstrapKey(bearer)) return BOOTSTRAP;
    if (!JWT.test(bearer)) return undefined;
    if (this.own.claims(bearer)) return this.own.holderOf(bearer);
    return (await this.foreign.authenticate(bearer, audience))?.principal;
  }

  /** The present power of a key that was proven before, such as by a ticket. */
  ofKey(id: string): Promise<Principal | undefined> {
    return id === BOOTSTRAP.keyId ? Promise.resolve(BOOTSTRAP) : this.keys.principalOf(id);
  }

  private isBootstrapKey(bearer: string): boolean {
    return (
      bearer.length <= MAX_KEY_LENGTH &&
      timingSafeEqual(hashApiKey(this.keyring, bearer), this.bootstrapDigest)
    );
  }
}
