import { Injectable } from '@nestjs/common';
import { Database } from '@app/database';
import { type LimitValues, type QuotaSubject, type StoredQuota } from '../domain/quota';

const COLUMNS = `workspace_id AS "workspaceId", scope, scope_id AS "scopeId", limits, row_version::float8 AS version,
  updated_at AS "updatedAt"`;
const SUBJECT = 'workspace_id = $1 AND scope = $2 AND scope_id = $3';
const LISTED_MAX = 1_000;

const paramsOf = ({ workspaceId, scope, scopeId }: QuotaSubject) => [workspaceId, scope, scopeId] as const;

/** What was set for whom. */
@Injectable()
export class QuotaLimitRows {
  constructor(private readonly db: Database) {}

  list(workspaceId: string): Promise<readonly StoredQuota[]> {
    return this.db.query<StoredQuota>(
      `SELECT ${COLUMNS} FROM quota WHERE workspace_id = $1 ORDER BY scope, scope_id LIMIT ${LISTED_MAX}`,
      [workspaceId],
    );
  }

  async find(subject: QuotaSubject): Promise<StoredQuota | undefined> {
    const [row] = await this.db.query<StoredQuota>(
      `SELECT ${COLUMNS} FROM quota WHERE ${SUBJECT}`,
      paramsOf(subject),
    );
    return row;
  }

  async put(subject: QuotaSubject, limits: LimitValues): Promise<StoredQuota> {
    const [row] = await this.db.query<StoredQuota>(
      `INSERT INTO quota (workspace_id, scope, scope_id, limits) VALUES ($1, $2, $3, $4::jsonb)
       ON CONFLICT (workspace_id, scope, scope_id)
       DO UPDATE SET limits = excluded.limits, row_version = nextval('quota_version'), updated_at = now()
       RETURNING ${COLUMNS}`,
      [...paramsOf(subject), JSON.stringify(limits)],
    );
    if (row === undefined) throw new Error('a quota was stored and is not there');
    return row;
  }

  delete(subject: QuotaSubject): Promise<number> {
    return this.db.execute(`DELETE FROM quota WHERE ${SUBJECT}`, paramsOf(subject));
  }

  /**
   * Alone in the workspace: whoever counts meanwhile, counts at a row that is there. A statement of its own, so that what
   * comes after it sees what those have committed who were there before.
   */
  async lock(workspaceId: string): Promise<void> {
    await this.db.query(`SELECT pg_advisory_xact_lock(hashtextextended('quota:' || $1, 0))`, [workspaceId]);
  }

  /** Without a limit nothing is counted, so that nobody queues up at a counter. Needs the lock. */
  async dropIdleCounters(workspaceId: string): Promise<void> {
    await this.db.execute(
      `DELETE FROM quota_use WHERE workspace_id = $1 AND day = 'epoch'
          AND quota_limit(workspace_id, scope, scope_id, resource) IS NULL`,
      [workspaceId],
    );
  }

  /** Whether there is somebody of this name in the workspace. Agents are known by their tokens only. */
  async exists({ workspaceId, scope, scopeId }: QuotaSubject): Promise<boolean> {
    const [row] = await this.db.query<{ found: boolean }>(
      `SELECT CASE $2 WHEN 'workspace' THEN EXISTS (SELECT FROM workspace WHERE id = $1::uuid AND id::text = $3)
                      WHEN 'user' THEN EXISTS (SELECT FROM user_membership WHERE workspace_id = $1::uuid AND user_id::text = $3)
                      WHEN 'key' THEN $3 = 'bootstrap' OR EXISTS (SELECT FROM api_key WHERE workspace_id = $1::uuid AND id = $3)
                      ELSE true END AS found`,
      [workspaceId, scope, scopeId],
    );
    return row?.found === true;
  }
}
