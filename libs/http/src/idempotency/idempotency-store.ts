import { createHash, randomUUID } from 'node:crypto';
import { type Database } from '@app/database';
import { type Keyring } from '@app/security';
import { type AnswerParts } from '../problems/stored-answer';
import { IdempotencyInProgressError, IdempotencyKeyReusedError } from './idempotency-errors';

/** Whose key, for which route: the same key of another caller or path is another key. */
export interface KeyScope {
  readonly principal: string;
  readonly route: string;
  readonly key: string;
}

/** A claim that was granted; its seed is the same at every repetition of the request. */
export interface Claimed {
  readonly seed: string;
}

/** The right to answer a key; `token` is the claimant's own, so that it can find a claim whose confirmation was lost. */
export interface Claim extends KeyScope {
  readonly token: string;
}

export const CLAIM_TERM_S = 60;
const KEPT_HOURS = 24;
const PURPOSE = 'idempotency';
/** A row may vanish between the two looks, when its time is over; more often than this is no accident. */
const MAX_LOOKS = 3;

interface KeyRow {
  readonly body_digest: Buffer;
  readonly response: Buffer | null;
}

/** The memory behind Idempotency-Key. Times are the database's, because several processes share it. */
export class IdempotencyStore {
  constructor(
    private readonly db: Database,
    private readonly keyring: Keyring,
  ) {}

  newClaim(scope: KeyScope): Claim {
    return { ...scope, token: randomUUID() };
  }

  /** The claim is ours, or the answer that was given before, or an error. */
  async claim(claim: Claim, body: string): Promise<Claimed | { readonly answer: AnswerParts }> {
    const digest = createHash('sha256').update(body).digest();
    for (let look = 0; look < MAX_LOOKS; look += 1) {
      const seed = await this.insert(claim, digest);
      if (seed !== undefined) return { seed };
      const row = await this.find(claim);
      if (row === undefined) continue;
      if (!row.body_digest.equals(digest)) throw new IdempotencyKeyReusedError();
      if (row.response !== null) return { answer: this.unseal(claim, row.response) };
      break;
    }
    throw new IdempotencyInProgressError();
  }

  /** Keeps the answer; nothing happens when the claim has passed to somebody else. */
  async keep(claim: Claim, answer: AnswerParts): Promise<void> {
    const sealed = this.keyring.seal(PURPOSE, JSON.stringify(answer), boundTo(claim));
    await this.db.execute(
      `UPDATE idempotency_key SET response = $5
        WHERE principal = $1 AND route = $2 AND key = $3 AND claim_token = $4 AND response IS NULL`,
      [...ownRow(claim), Buffer.from(sealed)],
    );
  }

  /**
   * Frees the key, also when it is not known whether the claim ever arrived. The row stays: the work may have been done, with
   * only its confirmation lost, and whoever repeats it must make the same things.
   */
  async giveBack(claim: Claim): Promise<void> {
    await this.db.execute(
      `UPDATE idempotency_key SET claimed_until = '-infinity'
        WHERE principal = $1 AND route = $2 AND key = $3 AND claim_token = $4 AND response IS NULL`,
      ownRow(claim),
    );
  }

  /** While the work goes on; a claimant that died stops renewing, and its claim ends by itself. */
  async renew(claim: Claim): Promise<void> {
    await this.db.execute(
      `UPDATE idempotency_key SET claimed_until = now() + make_interval(secs => $5)
        WHERE principal = $1 AND route = $2 AND key = $3 AND claim_token = $4 AND response IS NULL`,
      [...ownRow(claim), CLAIM_TERM_S],
    );
  }

  /** One statement decides among racers: a new row, an expired one, an abandoned claim, or our own unconfirmed one. */
  private async insert(claim: Claim, digest: Buffer): Promise<string | undefined> {
    const rows = await this.db.query<{ seed: string }>(
      `INSERT INTO idempotency_key AS held
              (principal, route, key, claim_token, body_digest, claimed_until, expires_at)
       VALUES ($1, $2, $3, $4, $5, now() + make_interval(secs => $6), now() + make_interval(hours => $7))
       ON CONFLICT (principal, route, key) DO UPDATE
          SET claim_token = excluded.claim_token, body_digest = excluded.body_digest, response = NULL,
              claimed_until = excluded.claimed_until, created_at = now(), expires_at = excluded.expires_at,
              seed = CASE WHEN held.expires_at >= now() AND held.body_digest = excluded.body_digest
                          THEN held.seed ELSE excluded.seed END
        WHERE held.expires_at < now()
           OR (held.response IS NULL AND held.claimed_until = '-infinity')
           OR (held.response IS NULL AND held.body_digest = excluded.body_digest
               AND (held.claimed_until < now() OR held.claim_token = excluded.claim_token))
       RETURNING seed`,
      [...ownRow(claim), digest, CLAIM_TERM_S, KEPT_HOURS],
    );
    return rows[0]?.seed;
  }

  private async find({ principal, route, key }: KeyScope): Promise<KeyRow | undefined> {
    const rows = await this.db.query<KeyRow>(
      `SELECT body_digest, response FROM idempotency_key WHERE principal = $1 AND route = $2 AND key = $3`,
      [principal, route, key],
    );
    return rows[0];
  }

  private unseal(scope: KeyScope, sealed: Buffer): AnswerParts {
    const text = this.keyring.open(PURPOSE, sealed.toString(), boundTo(scope));
    // Its master key is gone. Running the request again would be worse than asking for a new key.
    if (text === undefined) throw new IdempotencyKeyReusedError();
    return JSON.parse(text) as AnswerParts;
  }
}

const ownRow = ({ principal, route, key, token }: Claim): readonly string[] => [principal, route, key, token];
const boundTo = ({ principal, route, key }: KeyScope): string => JSON.stringify([principal, route, key]);
