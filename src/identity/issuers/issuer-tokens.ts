import { Injectable } from '@nestjs/common';
import { type JsonObject, systemClock } from '@app/kernel';
import { EgressPolicy, guardedFetch } from '@app/security';
import { jwtVerify, type JWTVerifyOptions } from 'jose';
import { claimsOf } from './claims-of';
import { IssuerUnavailableError } from './domain/issuer.errors';
import { type TrustedIssuer } from './domain/trusted-issuer';
import { foreignIdentity } from './foreign-principal';
import { type ForeignIdentity, ForeignTokens } from './foreign-tokens';
import { KeySet, KeySetUnavailableError } from './key-set';
import { OwnAddresses } from './own-addresses';
import { readToken, type UnprovedToken } from './read-token';
import { TokenCache } from './token-cache';
import { TrustedIssuers } from './trusted-issuers';

/** Of clocks that differ. */
const LEEWAY_S = 30;
/** Several rows may speak of one issuer; a token is tried with this many. */
const MAX_TRIES = 4;
const MS_PER_S = 1_000;
const FETCH_OPTIONS = { maxRedirects: 0, maxBodyBytes: 256 * 1_024, connectionsPerHost: 2 } as const;

/**
 * Believes tokens of trusted issuers. Which key and which algorithms count is said by the issuer's row; the token's own
 * words only choose among rows, and among the keys that a row's issuer publishes.
 */
@Injectable()
export class IssuerTokens extends ForeignTokens {
  private readonly fetch;
  private readonly keySets = new Map<string, KeySet>();
  private readonly verified = new TokenCache(systemClock);

  constructor(
    private readonly issuers: TrustedIssuers,
    private readonly addresses: OwnAddresses,
    policy: EgressPolicy,
  ) {
    super();
    this.fetch = guardedFetch(policy, FETCH_OPTIONS);
    issuers.onChange(() => {
      this.forget();
    });
  }

  override async authenticate(
    jwt: string,
    audience: string | undefined,
  ): Promise<ForeignIdentity | undefined> {
    const key = TokenCache.keyOf(jwt, audience);
    const known = this.verified.get(key);
    if (known !== undefined) return known;
    const token = readToken(jwt);
    if (token === undefined) return undefined;
    for (const issuer of this.candidates(token)) {
      const { epoch } = this.verified;
      const claims = await this.verify(jwt, issuer, audience);
      if (claims === undefined) continue;
      const identity = identify(issuer, claims);
      const expiresAtMs = Number(claims['exp']) * MS_PER_S;
      if (identity !== undefined) this.verified.put(key, identity, { expiresAtMs, epoch });
      return identity;
    }
    return undefined;
  }

  /** Those whose name the token carries, or who may leave it out. */
  private candidates({ claims, algorithm }: UnprovedToken): readonly TrustedIssuer[] {
    return this.issuers
      .all()
      .filter(({ issuer, acceptsMissingIssuer }) =>
        claims['iss'] === undefined ? acceptsMissingIssuer : claims['iss'] === issuer,
      )
      .filter(({ algorithms }) => (algorithms as readonly string[]).includes(algorithm))
      .slice(0, MAX_TRIES);
  }

  private async verify(
    jwt: string,
    issuer: TrustedIssuer,
    audience: string | undefined,
  ): Promise<JsonObject | undefined> {
    const key = this.keyOf(issuer);
    if (key === undefined) return undefined;
    try {
      const options = this.optionsFor(issuer, audience);
      const { payload } =
        typeof key === 'function' ? await jwtVerify(jwt, key, options) : await jwtVerify(jwt, key, options);
      return fitsTime(payload.iat) && this.fits(issuer, payload, audience)
        ? (payload as JsonObject)
        : undefined;
    } catch (error) {
      if (error instanceof KeySetUnavailableError)
        throw new IssuerUnavailableError(issuer.name, { cause: error });
      // Forged, altered, expired, meant for others: the difference is nobody's business.
      return undefined;
    }
  }

  private optionsFor(
    { algorithms, issuer, ...flags }: TrustedIssuer,
    audience: string | undefined,
  ): JWTVerifyOptions {
    return {
      algorithms: [...algorithms],
      clockTolerance: LEEWAY_S,
      requiredClaims: ['exp', 'sub'],
      ...(flags.acceptsMissingIssuer ? {} : { issuer }),
      ...(flags.acceptsMissingAudience ? {} : { audience: this.audiencesFor(flags, audience) }),
    };
  }

  /** What may be missing must be right where it is there. */
  private fits(
    row: TrustedIssuer,
    { iss, aud }: { iss?: string; aud?: string | string[] },
    audience: string | undefined,
  ): boolean {
    if (iss !== undefined && iss !== row.issuer) return false;
    if (aud === undefined) return row.acceptsMissingAudience;
    const accepted = this.audiencesFor(row, audience);
    return [aud].flat().some((one) => accepted.includes(one));
  }

  private audiencesFor(
    { audiences }: Pick<TrustedIssuer, 'audiences'>,
    audience: string | undefined,
  ): string[] {
    return [...this.addresses.audiencesOf(audience), ...audiences];
  }

  private keyOf({ sharedSecret, jwksUrl }: TrustedIssuer): Uint8Array | KeySet['keyFor'] | undefined {
    if (sharedSecret !== undefined) return sharedSecret;
    if (jwksUrl === null) return undefined;
    const known = this.keySets.get(jwksUrl);
    if (known !== undefined) return known.keyFor;
    const made = new KeySet(jwksUrl, this.fetch, systemClock, () => {
      this.verified.clear();
    });
    this.keySets.set(jwksUrl, made);
    return made.keyFor;
  }

  private forget(): void {
    this.verified.clear();
    const named = new Set(this.issuers.all().map(({ jwksUrl }) => jwksUrl));
    for (const url of this.keySets.keys()) if (!named.has(url)) this.keySets.delete(url);
  }
}

/** A token from the future was made by a clock, or a forger, that cannot be trusted. */
const fitsTime = (issuedAt: number | undefined): boolean =>
  issuedAt === undefined || issuedAt <= systemClock.now().getTime() / MS_PER_S + LEEWAY_S;

function identify(issuer: TrustedIssuer, claims: JsonObject): ForeignIdentity | undefined {
  const claimed = claimsOf(issuer, claims);
  return claimed === undefined ? undefined : foreignIdentity(issuer, claimed, claims);
}
