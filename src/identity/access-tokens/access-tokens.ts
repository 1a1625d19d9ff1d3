import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Keyring } from '@app/security';
import { decodeJwt, decodeProtectedHeader, jwtVerify, SignJWT } from 'jose';
import { IdentityOptions } from '../identity.options';

const PURPOSE = 'access-token';
const ALGORITHM = 'HS256';
/** RFC 9068: a token of another kind, such as one that identifies a user to a client, is not taken for one of these. */
const TYPE = 'at+jwt';
/** Short, because a token that is believed without a look-up elsewhere ends by itself only. */
export const ACCESS_TOKEN_S = 15 * 60;
/** Clocks of two processes of ours. */
const LEEWAY_S = 5;
const KEY_BYTES = 32;
/** Tokens that were checked a moment ago; the oldest go first. */
const MAX_CHECKED = 10_000;
const MS_PER_S = 1_000;

export interface AccessClaims {
  readonly sessionId: string;
  readonly userId: string;
  readonly workspaceId: string;
  readonly expiresAtMs: number;
}

/** Our own tokens: signed with a key derived from the master key, good for one session in one workspace. */
@Injectable()
export class AccessTokens {
  private readonly checked = new Map<string, AccessClaims>();
  readonly issuer: string;

  constructor(
    private readonly keyring: Keyring,
    { publicUrl }: IdentityOptions,
  ) {
    this.issuer = publicUrl;
  }

  async issue(of: Omit<AccessClaims, 'expiresAtMs'>): Promise<string> {
    const { primaryKid: kid } = this.keyring;
    return new SignJWT({ sid: of.sessionId, ws: of.workspaceId })
      .setProtectedHeader({ alg: ALGORITHM, typ: TYPE, kid })
      .setIssuer(this.issuer)
      .setAudience(this.issuer)
      .setSubject(of.userId)
      .setJti(randomUUID())
      .setIssuedAt()
      .setExpirationTime(`${ACCESS_TOKEN_S} seconds`)
      .sign(this.keyring.derive(PURPOSE, KEY_BYTES, kid));
  }

  /** Whether a token says that it is ours; only `verify` believes it. */
  claimsOurs(jwt: string): boolean {
    if (this.checked.has(jwt)) return true;
    try {
      return decodeJwt(jwt).iss === this.issuer;
    } catch {
      // What cannot be read is nobody's.
      return false;
    }
  }

  /** undefined for whatever `issue` did not make, and for what is over. */
  async verify(jwt: string): Promise<AccessClaims | undefined> {
    const known = this.checked.get(jwt);
    if (known !== undefined) {
      if (known.expiresAtMs > Date.now()) return known;
      this.checked.delete(jwt);
      return undefined;
    }
    const claims = await this.check(jwt);
    if (claims !== undefined) this.remember(jwt, claims);
    return claims;
  }

  private async check(jwt: string): Promise<AccessClaims | undefined> {
    try {
      const { kid } = decodeProtectedHeader(jwt);
      // An index into our own keys and nothing else: neither algorithm nor key ever come from the token.
      if (kid === undefined || !this.keyring.kids.includes(kid)) return undefined;
      const { payload } = await jwtVerify(jwt, this.keyring.derive(PURPOSE, KEY_BYTES, kid), {
        algorithms: [ALGORITHM],
        typ: TYPE,
        issuer: this.issuer,
        audience: this.issuer,
        clockTolerance: LEEWAY_S,
        requiredClaims: ['exp', 'iat', 'sub', 'sid', 'ws'],
      });
      const { sub, sid, ws, exp = 0 } = payload;
      if (sub === undefined || typeof sid !== 'string' || typeof ws !== 'string') return undefined;
      return { sessionId: sid, userId: sub, workspaceId: ws, expiresAtMs: exp * MS_PER_S };
    } catch {
      // Forged, altered, expired, of another kind: the difference is nobody's business.
      return undefined;
    }
  }

  private remember(jwt: string, claims: AccessClaims): void {
    this.checked.set(jwt, claims);
    if (this.checked.size <= MAX_CHECKED) return;
    const oldest = this.checked.keys().next().value;
    if (oldest !== undefined) this.checked.delete(oldest);
  }
}
