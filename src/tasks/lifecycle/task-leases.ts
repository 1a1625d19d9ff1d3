import { Injectable } from '@nestjs/common';
import { Database } from '@app/database';
import { type JsonObject } from '@app/kernel';
import { type HeldLease } from './task-outcomes';

/** A task as whoever carries it out sees it. */
export interface LeasedTask {
  readonly taskId: string;
  readonly leaseGen: number;
  readonly workspaceId: string;
  readonly type: string;
  readonly payload: JsonObject;
  readonly attempt: number;
  readonly agentId: string | null;
  readonly runId: string | null;
  readonly stageRunId: string | null;
  readonly leaseUntil: Date;
  readonly runDeadline: Date;
  readonly correlationId: string;
  readonly traceparent: string | null;
  /** Whoever submitted it, as an actor is written. */
  readonly submittedBy: string;
  readonly userId: string | null;
  readonly keyId: string | null;
}

/** Of `task AS t`. */
export const LEASED_COLUMNS = `
  t.id AS "taskId", t.lease_gen AS "leaseGen", t.workspace_id AS "workspaceId", t.type, t.payload, t.attempt,
  t.assigned_agent AS "agentId", t.run_id AS "runId", t.stage_run_id AS "stageRunId", t.lease_until AS "leaseUntil",
  t.run_deadline AS "runDeadline", t.correlation_id AS "correlationId", t.traceparent, t.submitted_by AS "submittedBy",
  t.user_id AS "userId", t.key_id AS "keyId"`;

const BEGIN = `
  WITH begun AS (
    UPDATE task_attempt SET accepted_at = now()
     WHERE task_id = $1 AND lease_gen = $2 AND accepted_at IS NULL AND ended_at IS NULL
    RETURNING task_id
  )
  SELECT ${LEASED_COLUMNS} FROM task t JOIN begun b ON b.task_id = t.id
   WHERE t.lease_gen = $2 AND t.status = 'running'`;

/** Answers those to stop: whoever lost the lease has to as well. In the order of the ids, as everywhere. */
const RENEW = `
  WITH given AS (
    SELECT * FROM unnest($1::uuid[], $2::integer[]) AS g (id, lease_gen)
  ), held AS (
    SELECT t.id, t.lease_gen, t.cancel_requested_at FROM task t JOIN given g ON g.id = t.id
     WHERE t.lease_gen = g.lease_gen AND t.status = 'running'
     ORDER BY t.id FOR UPDATE OF t
  ), renewed AS (
    UPDATE task t SET lease_until = greatest(t.lease_until, now() + $3 * interval '1 second')
      FROM held h WHERE t.id = h.id
  )
  SELECT g.id FROM given g LEFT JOIN held h ON h.id = g.id AND h.lease_gen = g.lease_gen
   WHERE h.id IS NULL OR h.cancel_requested_at IS NOT NULL`;

/** For whoever carries tasks out itself, without an agent's heartbeat. */
@Injectable()
export class TaskLeases {
  constructor(private readonly db: Database) {}

  /** Once for each lease: whoever is answered carries it out. undefined: it is not ours any more, or was begun already. */
  async begin(taskId: string, leaseGen: number): Promise<LeasedTask | undefined> {
    const [task] = await this.db.query<LeasedTask>(BEGIN, [taskId, leaseGen]);
    return task;
  }

  /** Ids of the tasks to stop: somebody wants them cancelled, or the lease is another's by now. */
  async renew(leases: readonly HeldLease[], forS: number): Promise<readonly string[]> {
    if (leases.length === 0) return [];
    const rows = await this.db.query<{ id: string }>(RENEW, [
      leases.map(({ taskId }) => taskId),
      leases.map(({ leaseGen }) => leaseGen),
      forS,
    ]);
    return rows.map(({ id }) => id);
  }
}
