import { Injectable } from '@nestjs/common';
import { Database } from '@app/database';
import { type LimitSubject, type TaskLimit } from './task-limit';

export const LIMITS_MAX = 1_000;

const COLUMNS = `l.workspace_id AS "workspaceId", l.kind, l.name, l.max_running AS "maxRunning", l.row_version AS version,
  l.updated_at AS "updatedAt",
  (SELECT count(*)::int FROM task t WHERE t.status = 'running' AND t.workspace_id = l.workspace_id
      AND CASE l.kind WHEN 'type' THEN t.type ELSE t.concurrency_key END = l.name) AS running`;
const SUBJECT = 'l.workspace_id = $1 AND l.kind = $2 AND l.name = $3';

const paramsOf = ({ workspaceId, kind, name }: LimitSubject) => [workspaceId, kind, name] as const;

/** Limits, and the count that dispatch goes by: the tasks that run. */
@Injectable()
export class TaskLimitRows {
  constructor(private readonly db: Database) {}

  /** One look at what runs for all of them. */
  list(workspaceId: string): Promise<readonly TaskLimit[]> {
    return this.db.query<TaskLimit>(
      `WITH running AS (
         SELECT type, concurrency_key, count(*)::int AS count FROM task
          WHERE status = 'running' AND workspace_id = $1 GROUP BY 1, 2
       )
       SELECT l.workspace_id AS "workspaceId", l.kind, l.name, l.max_running AS "maxRunning", l.row_version AS version,
              l.updated_at AS "updatedAt",
              coalesce((SELECT sum(r.count)::int FROM running r
                         WHERE CASE l.kind WHEN 'type' THEN r.type ELSE r.concurrency_key END = l.name), 0) AS running
         FROM task_limit l WHERE l.workspace_id = $1 ORDER BY l.kind DESC, l.name LIMIT ${LIMITS_MAX}`,
      [workspaceId],
    );
  }

  async find(subject: LimitSubject): Promise<TaskLimit | undefined> {
    const [row] = await this.db.query<TaskLimit>(
      `SELECT ${COLUMNS} FROM task_limit l WHERE ${SUBJECT}`,
      paramsOf(subject),
    );
    return row;
  }

  /** Two that set limits of one workspace go one after the other, so that what each compares with is what there is. */
  async lock(workspaceId: string): Promise<void> {
    await this.db.query(`SELECT pg_advisory_xact_lock(hashtextextended('task-limits:' || $1, 0))`, [
      workspaceId,
    ]);
  }

  async count(workspaceId: string): Promise<number> {
    const [row] = await this.db.query<{ count: number }>(
      `SELECT count(*)::int AS count FROM task_limit WHERE workspace_id = $1`,
      [workspaceId],
    );
    return row?.count ?? 0;
  }

  async put(subject: LimitSubject, maxRunning: number): Promise<void> {
    await this.db.execute(
      `INSERT INTO task_limit (workspace_id, kind, name, max_running) VALUES ($1, $2, $3, $4)
       ON CONFLICT (workspace_id, kind, name)
       DO UPDATE SET max_running = excluded.max_running, row_version = task_limit.row_version + 1, updated_at = now()`,
      [...paramsOf(subject), maxRunning],
    );
  }

  async delete(subject: LimitSubject): Promise<void> {
    await this.db.execute(`DELETE FROM task_limit AS l WHERE ${SUBJECT}`, paramsOf(subject));
  }
}
