import { Injectable } from '@nestjs/common';
import { Database } from '@app/database';
import { type Session, SessionStore } from './session';
import { SESSION_TERMS } from './session-terms';

interface SessionRow {
  id: string;
  kind: 'console' | 'token';
  digest: Buffer | null;
  user_id: string | null;
  key_id: string | null;
  username: string;
  workspace_id: string;
  role: string | null;
  last_seen_at: Date;
  idle_expires_at: Date;
  expires_at: Date;
  ended_at: Date | null;
}

@Injectable()
export class SqlSessionStore extends SessionStore {
  constructor(private readonly db: Database) {
    super();
  }

  /** With what the user is now: a role that was lowered is lower in every open session. */
  override async find(id: string): Promise<Session | undefined> {
    const [row] = await this.db.query<SessionRow>(
      `SELECT s.id, s.kind, s.digest, s.user_id, s.key_id, coalesce(u.username, '') AS username, s.workspace_id, s.last_seen_at, s.idle_expires_at,
              s.expires_at, s.ended_at, CASE WHEN u.disabled_at IS NULL THEN m.role END AS role
         FROM user_session s LEFT JOIN user_account u ON u.id = s.user_id
         LEFT JOIN user_membership m ON m.user_id = s.user_id AND m.workspace_id = s.workspace_id
        WHERE s.id = $1`,
      [id],
    );
    return row === undefined ? undefined : toSession(row);
  }

  override async touch(id: string): Promise<void> {
    await this.db.execute(
      `UPDATE user_session SET last_seen_at = now(),
              idle_expires_at = now() + make_interval(secs => CASE kind WHEN 'console' THEN $2::float8 ELSE $3::float8 END)
        WHERE id = $1 AND ended_at IS NULL`,
      [id, SESSION_TERMS.console.idleMs / 1_000, SESSION_TERMS.token.idleMs / 1_000],
    );
  }
}

const toSession = ({ id, kind, digest, username, role, ...row }: SessionRow): Session => ({
  ...{ id, kind, digest, username, role },
  userId: row.user_id,
  keyId: row.key_id,
  workspaceId: row.workspace_id,
  lastSeenAt: row.last_seen_at,
  idleExpiresAt: row.idle_expires_at,
  expiresAt: row.expires_at,
  endedAt: row.ended_at,
});
