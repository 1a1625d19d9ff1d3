import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Database } from '@app/database';
import { Keyring } from '@app/security';
import { generateRandomCodeVerifier, generateRandomNonce, generateRandomState } from 'oauth4webapi';
import { SignInStateError } from './domain/oidc.errors';

const PURPOSE = 'oidc-sign-in';
/** Long enough to find a password and a second factor. */
export const SIGN_IN_LIMIT_MS = 10 * 60_000;

/** What a browser keeps while its user is at the issuer. */
export interface SignInState {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
  readonly issuerId: string;
  readonly redirectUri: string;
  readonly returnTo: string;
  readonly expiresAtMs: number;
}

/**
 * A sign-in that is under way lives in the browser's cookie, sealed: nobody can fill the database by beginning many. What is
 * kept here is which of them were finished, so that none is finished twice.
 */
@Injectable()
export class SignInStates {
  constructor(
    private readonly keyring: Keyring,
    private readonly db: Database,
  ) {}

  begin(about: Pick<SignInState, 'issuerId' | 'redirectUri' | 'returnTo'>): SignInState {
    return {
      ...about,
      state: generateRandomState(),
      nonce: generateRandomNonce(),
      verifier: generateRandomCodeVerifier(),
      expiresAtMs: Date.now() + SIGN_IN_LIMIT_MS,
    };
  }

  seal(state: SignInState): string {
    return this.keyring.seal(PURPOSE, JSON.stringify(state));
  }

  /** Throws a `SignInStateError` unless the cookie is of this sign-in, of this issuer, and not too old. */
  open(sealed: string | undefined, state: string | null, issuerId: string): SignInState {
    const text = sealed === undefined ? undefined : this.keyring.open(PURPOSE, sealed);
    if (text === undefined) throw new SignInStateError();
    // We sealed it, so it is what we wrote.
    const known = JSON.parse(text) as SignInState;
    const fits = known.state === state && known.issuerId === issuerId && known.expiresAtMs > Date.now();
    if (!fits) throw new SignInStateError();
    return known;
  }

  /** Throws a `SignInStateError` the second time, whoever comes with it. */
  async useUp({ state, expiresAtMs }: SignInState): Promise<void> {
    const digest = createHash('sha256').update(state).digest();
    const marked = await this.db.execute(
      `WITH old AS (DELETE FROM used_sign_in_state WHERE expires_at < now() - interval '1 minute')
       INSERT INTO used_sign_in_state (digest, expires_at) VALUES ($1, $2) ON CONFLICT DO NOTHING`,
      [digest, new Date(expiresAtMs)],
    );
    if (marked === 0) throw new SignInStateError();
  }
}
