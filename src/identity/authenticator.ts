import { Injectable } from '@nestjs/common';
import { type Principal } from '@app/telemetry';
import { OwnTokens } from './access-tokens/own-tokens';
import { ForeignTokens } from './issuers/foreign-tokens';
import { KeyHolders } from './keys/key-holders';

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
  constructor(
    private readonly keys: KeyHolders,
    private readonly own: OwnTokens,
    private readonly foreign: ForeignTokens,
  ) {}

  /** Throws only where a credential cannot be checked: an `IdentityUnavailableError`. */
  async authenticate(bearer: string, { audience }: AuthenticateOptions = {}): Promise<Principal | undefined> {
    if (bearer === '' || bearer.length > MAX_TOKEN_LENGTH) return undefined;
    const byKey = this.keys.prove(bearer);
    if (byKey !== undefined) return byKey;
    if (!JWT.test(bearer)) return undefined;
    if (this.own.claims(bearer)) return this.own.holderOf(bearer);
    return (await this.foreign.authenticate(bearer, audience))?.principal;
  }

  /** The present power of a key that was proven before, such as by a ticket. */
  ofKey(id: string): Promise<Principal | undefined> {
    return this.keys.ofKey(id);
  }
}
