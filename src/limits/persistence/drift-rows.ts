import { Injectable } from '@nestjs/common';
import { Database } from '@app/database';

export interface Drift {
  readonly workspaceId: string;
  readonly scope: string;
  readonly scopeId: string;
  readonly resource: string;
  readonly used: number;
  readonly held: number;
}

const DRIFT = `SELECT u.workspace_id AS "workspaceId", u.scope, u.scope_id AS "scopeId", u.resource, u.used::float8 AS used, h.held::float8 AS held
  FROM quota_use u, LATERAL (SELECT quota_held(u.workspace_id, u.scope, u.scope_id, u.resource) AS held) AS h
 WHERE u.day = 'epoch' AND u.used <> h.held`;

/** Looked over at once; the rest at the next look. */
const BATCH = 500;

/** Compares what is counted with what there is, each time in one statement, which sees nothing half done. */
@Injectable()
export class DriftRows {
  constructor(private readonly db: Database) {}

  drift(): Promise<readonly Drift[]> {
    return this.db.query<Drift>(`${DRIFT} LIMIT ${BATCH}`);
  }

  /** Things that hold something and are not there, or are going. */
  orphans(): Promise<readonly { id: string; workspaceId: string }[]> {
    return this.db.query(
      `SELECT h.id, h.workspace_id AS "workspaceId" FROM quota_holding h
        WHERE h.kind = 'instances'
          AND NOT EXISTS (SELECT FROM instances i WHERE i.id = h.id::uuid AND i.deleted_at IS NULL AND i.desired_state <> 'deleted')
        LIMIT ${BATCH}`,
    );
  }

  /** Alone in the workspace, so that nobody counts while it is made right. */
  async correct({ workspaceId, scope, scopeId, resource }: Drift): Promise<void> {
    await this.db.transaction(async () => {
      await this.db.query(`SELECT pg_advisory_xact_lock(hashtextextended('quota:' || $1, 0))`, [workspaceId]);
      await this.db.execute(
        `UPDATE quota_use SET used = quota_held(workspace_id, scope, scope_id, resource)
          WHERE workspace_id = $1 AND scope = $2 AND scope_id = $3 AND resource = $4 AND day = 'epoch'`,
        [workspaceId, scope, scopeId, resource],
      );
    });
  }

  /** Days that nobody asks for any more. */
  async forgetDays(): Promise<void> {
    await this.db.execute(`DELETE FROM quota_use WHERE day > 'epoch' AND day < current_date - 40`);
  }

  /** The highest use of each resource that has a limit, as a part of the limit. */
  fullest(): Promise<readonly { resource: string; part: number }[]> {
    return this.db.query(
      `SELECT resource, max(used / greatest(quota_limit(workspace_id, scope, scope_id, resource), 1)::float8) AS part
         FROM quota_use
        WHERE day IN ('epoch', (now() AT TIME ZONE 'UTC')::date) AND quota_limit(workspace_id, scope, scope_id, resource) IS NOT NULL
        GROUP BY resource`,
    );
  }
}
