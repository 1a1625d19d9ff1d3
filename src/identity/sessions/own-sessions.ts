import { Injectable } from '@nestjs/common';
import { Database } from '@app/database';
import { isUuid } from '@app/kernel';
import { type Principal } from '@app/telemetry';
import { SessionNotFoundError } from './session.errors';
import { SESSIONS_PER_USER_MAX } from './session-terms';
import { Sessions } from './sessions';

export interface OwnSession {
  readonly id: string;
  readonly kind: 'console' | 'token';
  readonly workspaceId: string;
  readonly issuer: string | null;
  readonly address: string | null;
  readonly createdAt: Date;
  readonly lastSeenAt: Date;
  readonly idleExpiresAt: Date;
  readonly expiresAt: Date;
}

/**
 * The open sign-ins of whoever is signed in: of the same user, or of the same key. A key sees none and ends none of the user
 * it belongs to: it may be narrow on purpose, and would throw its owner out.
 */
@Injectable()
export class OwnSessions {
  constructor(
    private readonly db: Database,
    private readonly sessions: Sessions,
  ) {}

  list(principal: Principal): Promise<readonly OwnSession[]> {
    return this.open(principal, null, SESSIONS_PER_USER_MAX);
  }

  async end(principal: Principal, id: string): Promise<void> {
    const [found] = isUuid(id) ? await this.open(principal, id, 1) : [];
    if (found === undefined) throw new SessionNotFoundError(id);
    await this.sessions.end(id, 'signed_out');
  }

  /** In every workspace: they are one person's. */
  private async open(
    { sessionId }: Principal,
    id: string | null,
    limit: number,
  ): Promise<readonly OwnSession[]> {
    if (sessionId === undefined) return [];
    return this.db.query<OwnSession>(
      `SELECT s.id, s.kind, s.workspace_id AS "workspaceId", s.issuer, s.address, s.created_at AS "createdAt",
              s.last_seen_at AS "lastSeenAt", s.idle_expires_at AS "idleExpiresAt", s.expires_at AS "expiresAt"
         FROM user_session s JOIN user_session own ON s.user_id = own.user_id OR s.key_id = own.key_id
        WHERE own.id = $1 AND s.ended_at IS NULL AND s.idle_expires_at > now() AND s.expires_at > now()
          AND ($2::uuid IS NULL OR s.id = $2::uuid)
        ORDER BY s.created_at DESC, s.id DESC LIMIT $3`,
      [sessionId, id, limit],
    );
  }
}
