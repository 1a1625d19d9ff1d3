import { createHmac, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Database } from '@app/database';
import { type JsonObject } from '@app/kernel';
import { Keyring } from '@app/security';

const TOKEN_BYTES = 32;
const SHAPE = /^[\w-]{43}$/;
const MS_PER_S = 1_000;

/** `first-admin` holds only while there is no user at all. */
export type Purpose = 'first-admin' | 'admin' | 'ws';

export interface IssuedToken {
  readonly token: string;
  readonly expiresAt: Date;
}

/** Random texts that work once. The database holds digests, and decides which of two uses was the first. */
@Injectable()
export class OneTimeTokens {
  constructor(
    private readonly db: Database,
    private readonly keyring: Keyring,
  ) {}

  async issue(purpose: Purpose, boundTo: JsonObject, lifetimeS: number): Promise<IssuedToken> {
    const token = randomBytes(TOKEN_BYTES).toString('base64url');
    const [digest] = this.digestsOf(token);
    await this.db.execute(
      `INSERT INTO one_time_token (digest, purpose, bound_to, expires_at)
       VALUES ($1, $2, $3::jsonb, now() + make_interval(secs => $4))`,
      [digest, purpose, JSON.stringify(boundTo), lifetimeS],
    );
    return { token, expiresAt: new Date(Date.now() + lifetimeS * MS_PER_S) };
  }

  /** What the token was bound to; undefined for whatever is unknown, used, too old or for something else. */
  async redeem(token: string, purposes: readonly Purpose[]): Promise<JsonObject | undefined> {
    if (!SHAPE.test(token)) return undefined;
    const [row] = await this.db.query<{ bound_to: JsonObject }>(
      `UPDATE one_time_token SET used_at = now()
        WHERE digest = ANY($1) AND purpose = ANY($2) AND used_at IS NULL AND expires_at > now()
          AND (purpose <> 'first-admin' OR NOT EXISTS (SELECT 1 FROM user_account))
       RETURNING bound_to`,
      [this.digestsOf(token), purposes],
    );
    return row?.bound_to;
  }

  /** Whether `redeem` would know it now: cheap, for what must not cost a stranger's request much. */
  async isGood(token: string, purposes: readonly Purpose[]): Promise<boolean> {
    if (!SHAPE.test(token)) return false;
    const rows = await this.db.query(
      `SELECT 1 FROM one_time_token
        WHERE digest = ANY($1) AND purpose = ANY($2) AND used_at IS NULL AND expires_at > now()`,
      [this.digestsOf(token), purposes],
    );
    return rows.length > 0;
  }

  private digestsOf(token: string): readonly Buffer[] {
    return this.keyring
      .deriveAllLasting('one-time-token')
      .map((key) => createHmac('sha256', key).update(token).digest());
  }
}
