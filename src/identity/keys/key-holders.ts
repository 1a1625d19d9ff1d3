import { timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { DEFAULT_WORKSPACE_ID } from '@app/kernel';
import { hashApiKey, Keyring, parseApiKey } from '@app/security';
import { type Principal } from '@app/telemetry';
import { IdentityOptions } from '../identity.options';
import { LiveKeys } from './live-keys';

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
const MARK_CHARACTERS = 16;

/** Who a key stands for: one of the store, or the one that the installation was started with. */
@Injectable()
export class KeyHolders {
  private readonly bootstrapDigest: Buffer;

  constructor(
    private readonly keys: LiveKeys,
    private readonly keyring: Keyring,
    options: IdentityOptions,
  ) {
    this.bootstrapDigest = hashApiKey(keyring, options.bootstrapApiKey);
  }

  /** Nothing at once for what can be no key; the checksum refuses typing errors and random noise without a look-up. */
  prove(bearer: string): Promise<Principal | undefined> | undefined {
    const parsed = parseApiKey(bearer);
    if (parsed !== undefined) return this.keys.principalOf(parsed.id, bearer);
    return this.isBootstrapKey(bearer) ? Promise.resolve(BOOTSTRAP) : undefined;
  }

  /** The present power of a key that was proven before, such as by a ticket. */
  ofKey(id: string): Promise<Principal | undefined> {
    return id === BOOTSTRAP.keyId ? Promise.resolve(BOOTSTRAP) : this.keys.principalOf(id);
  }

  /** What a session keeps of its key. The key of the installation has no row: with another one, its sessions are over. */
  referenceOf(keyId: string): string {
    return keyId === BOOTSTRAP.keyId ? this.bootstrapReference() : keyId;
  }

  ofReference(reference: string): Promise<Principal | undefined> {
    if (reference === this.bootstrapReference()) return Promise.resolve(BOOTSTRAP);
    return reference.startsWith(`${BOOTSTRAP.id}.`)
      ? Promise.resolve(undefined)
      : this.keys.principalOf(reference);
  }

  private bootstrapReference(): string {
    return `${BOOTSTRAP.id}.${this.bootstrapDigest.toString('base64url').slice(0, MARK_CHARACTERS)}`;
  }

  private isBootstrapKey(bearer: string): boolean {
    return (
      bearer.length <= MAX_KEY_LENGTH &&
      timingSafeEqual(hashApiKey(this.keyring, bearer), this.bootstrapDigest)
    );
  }
}
