import { Injectable } from '@nestjs/common';
import { Database, storableJson } from '@app/database';
import { type TaskReport } from '../domain/report-buffer';
import { MAX_LOG_LINES } from '../domain/task';
import { type Held } from './change-rows';
import { LOCKED_COLUMNS, type LockedTask } from './task-facts';

/** A lease that counts, as far as whoever reports has to know. */
export interface HeldReport {
  readonly taskId: string;
  readonly leaseGen: number;
  readonly attempt: number;
  readonly logLines: number;
  readonly isCancelRequested: boolean;
  readonly cancelReason: string | null;
}

const HELD = `
  SELECT t.id AS "taskId", t.lease_gen AS "leaseGen", t.attempt, t.log_lines AS "logLines",
         t.cancel_requested_at IS NOT NULL AS "isCancelRequested", t.cancel_reason AS "cancelReason"
    FROM jsonb_to_recordset($1::jsonb) AS g (id uuid, lease_gen integer, workspace_id uuid, agent_id uuid)
    JOIN task t ON t.id = g.id AND t.lease_gen = g.lease_gen AND t.status = 'running' AND t.workspace_id = g.workspace_id
     AND (g.agent_id IS NULL OR g.agent_id = t.assigned_agent)`;

/** Lines are kept whatever became of the lease since: they were said while it counted. Progress is not. */
const STORE = `
  WITH given AS (
    SELECT * FROM jsonb_to_recordset($1::jsonb) AS (id uuid, lease_gen integer, progress real, message text, lines integer)
  ), locked AS (
    SELECT t.id, t.log_lines, t.progress, t.progress_message FROM task t JOIN given g ON g.id = t.id
     ORDER BY t.id FOR UPDATE OF t
  ), said AS (
    INSERT INTO task_log (task_id, attempt, at, level, message)
    SELECT l.task_id, l.attempt, now() - l.age_s * interval '1 second', l.level, l.message
      FROM jsonb_to_recordset($2::jsonb) AS l (task_id uuid, place integer, attempt integer, age_s float8, level text, message text)
      JOIN locked k ON k.id = l.task_id AND k.log_lines + l.place <= ${MAX_LOG_LINES}
     ORDER BY l.task_id, l.place
  )
  UPDATE task t SET
    log_lines = least(${MAX_LOG_LINES}, t.log_lines + g.lines),
    progress = CASE WHEN live.progresses THEN g.progress ELSE t.progress END,
    progress_message = CASE WHEN live.progresses THEN coalesce(g.message, t.progress_message) ELSE t.progress_message END,
    updated_at = CASE WHEN live.progresses THEN now() ELSE t.updated_at END
   FROM given g JOIN locked k ON k.id = g.id
   CROSS JOIN LATERAL (
     SELECT g.progress IS NOT NULL AND x.status = 'running' AND x.lease_gen = g.lease_gen AS progresses
       FROM task x WHERE x.id = g.id
   ) live
  WHERE t.id = g.id
  RETURNING ${LOCKED_COLUMNS}, t.progress_message AS message,
    live.progresses AND (k.progress <> t.progress OR k.progress_message IS DISTINCT FROM t.progress_message) AS "hasProgressed"`;

export type ReportedTask = LockedTask & { readonly message: string | null; readonly hasProgressed: boolean };

@Injectable()
export class ReportRows {
  constructor(private readonly db: Database) {}

  held(leases: readonly Held[]): Promise<readonly HeldReport[]> {
    const given = leases.map(({ taskId, leaseGen, workspaceId, agentId }) => ({
      ...{ id: taskId, lease_gen: leaseGen, workspace_id: workspaceId ?? null, agent_id: agentId ?? null },
    }));
    return this.db.query<HeldReport>(HELD, [JSON.stringify(given)]);
  }

  /** Of a class of writes that may be lost in a crash of the database: a second of it, and nothing that somebody counts on. */
  async store(reports: readonly TaskReport[]): Promise<readonly ReportedTask[]> {
    await this.db.execute(`SET LOCAL synchronous_commit = off`);
    const tasks = reports.map(({ taskId, leaseGen, progress, message, lines }) => ({
      ...{ id: taskId, lease_gen: leaseGen, progress: progress ?? null, message: message ?? null },
      lines: lines.length,
    }));
    const now = performance.now();
    const lines = reports.flatMap((report) =>
      report.lines.map(({ attempt, atMs, level, message }, at) => ({
        ...{ task_id: report.taskId, place: at + 1, attempt, level, message },
        age_s: Math.max(0, now - atMs) / 1_000,
      })),
    );
    return this.db.query<ReportedTask>(STORE, [storableJson(tasks), storableJson(lines)]);
  }
}
