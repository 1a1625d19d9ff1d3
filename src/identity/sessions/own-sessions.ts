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
 * The open sign-ins of whoever is signed in. A key of the same user sees none and ends none: it may be narrow on purpose, and
 * would throw its owner out.
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
    { userId, sessionId }: Principal,
    id: string | null,
    limit: number,
  ): Promise<readonly OwnSession[]> {
    if (userId === undefined || sessionId === undefined) return [];
    return this.db.query<OwnSession>(
      `SELECT id, kind, workspace_id AS "workspaceId", issuer, address, created_at AS "createdAt",
              last_seen_at AS "lastSeenAt", idle_expires_at AS "idleExpiresAt", expires_at AS "expiresAt"
         FROM user_session
        WHERE user_id = $1 AND ended_at IS NULL AND idle_expires_at > now() AND expires_at > now()
          AND ($2::uuid IS NULL OR id = $2::uuid)
        ORDER BY created_at DESC, id DESC LIMIT $3`,
      [userId, id, limit],
    );
  }
}
