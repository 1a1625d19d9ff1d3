import { createHmac, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Database } from '@app/database';
import { EventAppender } from '@app/outbox';
import { Keyring } from '@app/security';
import { requestContext } from '@app/telemetry';
import { FACTS } from '../identity-facts';
import { Sessions } from '../sessions/sessions';

const PREFIX = 'qsr_';
const SHAPE = /^qsr_[\w-]{43}$/;
const TOKEN_BYTES = 32;
/**
 * An answer may get lost on its way; who asks again at once, from the same address, gets the same successor once more.
 * Later, or from elsewhere, or when the successor was used, a used token means that two hold it.
 */
const REPEAT_WITHIN_S = 10;

interface TokenRow {
  session_id: string;
  user_id: string;
  is_open: boolean;
  is_used: boolean;
  may_repeat: boolean;
}

export interface Rotation {
  readonly sessionId: string;
  readonly successor: string;
}

/** Refresh tokens: random, stored as digests only, each good for one use. */
@Injectable()
export class RefreshTokens {
  constructor(
    private readonly db: Database,
    private readonly keyring: Keyring,
    private readonly events: EventAppender,
    private readonly sessions: Sessions,
  ) {}

  /** The first of a family. */
  async begin(sessionId: string): Promise<string> {
    const token = PREFIX + randomBytes(TOKEN_BYTES).toString('base64url');
    await this.insert(sessionId, token);
    return token;
  }

  /** undefined for whatever must not be believed; a re-used token has ended its family by then. */
  async rotate(token: string): Promise<Rotation | undefined> {
    return SHAPE.test(token) ? this.db.transaction(() => this.rotateLocked(token)) : undefined;
  }

  private async rotateLocked(token: string): Promise<Rotation | undefined> {
    const row = await this.lock(token);
    if (row?.is_open !== true) return undefined;
    const { session_id: sessionId } = row;
    if (!row.is_used) return { sessionId, successor: await this.use(token, sessionId) };
    const successor = row.may_repeat ? await this.unusedSuccessor(token) : undefined;
    if (successor !== undefined) return { sessionId, successor };
    await this.events.append([FACTS.refreshReused(sessionId, { user_id: row.user_id })]);
    await this.sessions.end(sessionId, 'refresh_reused');
    return undefined;
  }

  /** Both rows are locked: of two who come with one token the second sees what the first did. */
  private async lock(token: string): Promise<TokenRow | undefined> {
    const [row] = await this.db.query<TokenRow>(
      `SELECT t.session_id, s.user_id, t.used_at IS NOT NULL AS is_used,
              s.ended_at IS NULL AND s.expires_at > now() AND s.idle_expires_at > now() AS is_open,
              t.used_at > clock_timestamp() - make_interval(secs => $2) AND t.used_from IS NOT DISTINCT FROM $3 AS may_repeat
         FROM refresh_token t JOIN user_session s ON s.id = t.session_id
        WHERE t.digest = ANY($1) FOR UPDATE`,
      [this.digestsOf(token), REPEAT_WITHIN_S, addressOfRequest()],
    );
    return row;
  }

  private async use(token: string, sessionId: string): Promise<string> {
    await this.db.execute(
      `UPDATE refresh_token SET used_at = clock_timestamp(), used_from = $2 WHERE digest = ANY($1)`,
      [this.digestsOf(token), addressOfRequest()],
    );
    const [successor = ''] = this.successorsOf(token);
    await this.insert(sessionId, successor);
    return successor;
  }

  private async unusedSuccessor(token: string): Promise<string | undefined> {
    for (const successor of this.successorsOf(token)) {
      const rows = await this.db.query(
        `SELECT 1 FROM refresh_token WHERE digest = ANY($1) AND used_at IS NULL`,
        [this.digestsOf(successor)],
      );
      if (rows.length > 0) return successor;
    }
    return undefined;
  }

  private async insert(sessionId: string, token: string): Promise<void> {
    const [digest] = this.digestsOf(token);
    await this.db.execute(`INSERT INTO refresh_token (digest, session_id) VALUES ($1, $2)`, [
      digest,
      sessionId,
    ]);
  }

  /** Under the present master key first. */
  private digestsOf(token: string): readonly Buffer[] {
    return this.keyring
      .deriveAllLasting('refresh-token')
      .map((key) => createHmac('sha256', key).update(token).digest());
  }

  /**
   * Made from the token and a key of ours, so that the same one can be given twice though it is stored nowhere; to everybody
   * without that key it is as random as the first.
   */
  private successorsOf(token: string): readonly string[] {
    return this.keyring
      .deriveAllLasting('refresh-successor')
      .map((key) => PREFIX + createHmac('sha256', key).update(token).digest('base64url'));
  }
}

const addressOfRequest = (): string | null => requestContext.get()?.address ?? null;
