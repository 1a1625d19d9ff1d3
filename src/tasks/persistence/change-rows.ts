import { Injectable } from '@nestjs/common';
import { Database, prepared, storableJson } from '@app/database';
import { appending } from '@app/outbox';
import { HANDICAP_S } from '../dispatch/lane';
import { CANCEL_TERM_S } from '../domain/task';
import { type Transition } from '../domain/transition';
import { LOCKED_COLUMNS, type LockedTask } from './task-facts';

export interface Held {
  readonly taskId: string;
  readonly leaseGen: number;
  /** Only if it belongs there. */
  readonly workspaceId?: string | undefined;
  /** Only if this agent has it. */
  readonly agentId?: string | undefined;
}

export interface Change {
  readonly task: LockedTask;
  readonly transition: Transition;
}

/** In the order of the ids everywhere, so that two transactions never wait for each other. */
const LOCK_HELD = prepared(`
  WITH given AS (
    SELECT * FROM jsonb_to_recordset($1::jsonb) AS (id uuid, lease_gen integer, workspace_id uuid, agent_id uuid)
  )
  SELECT ${LOCKED_COLUMNS} FROM task t JOIN given g ON g.id = t.id
   WHERE t.lease_gen = g.lease_gen AND t.status = 'running'
     AND (g.workspace_id IS NULL OR g.workspace_id = t.workspace_id)
     AND (g.agent_id IS NULL OR g.agent_id = t.assigned_agent)
   ORDER BY t.id FOR UPDATE OF t`);

const LOCK = `
  SELECT ${LOCKED_COLUMNS} FROM task t WHERE t.id = ANY ($1::uuid[]) AND t.workspace_id = $2::uuid
   ORDER BY t.id FOR UPDATE`;

const HANDICAP = `CASE t.priority ${Object.entries(HANDICAP_S)
  .map(([priority, seconds]) => `WHEN '${priority}' THEN ${seconds}`)
  .join(' ')} END * interval '1 second'`;

/** What the transition does not speak of stays; a lease that ended leaves no deadline behind. */
const WRITE = prepared(`
  WITH given AS (
    SELECT r.*, now() + r.due_in_s * interval '1 second' AS due FROM jsonb_to_recordset($1::jsonb) AS r (
      id uuid, lease_gen integer, was text, status text, attempt integer, progress real, result jsonb, error jsonb,
      dead_reason text, due_in_s float8, cancel_reason text, outcome text, lease_error jsonb
    )
  ), ended AS (
    UPDATE task_attempt a SET ended_at = now(), outcome = g.outcome, error = g.lease_error
      FROM given g WHERE g.outcome IS NOT NULL AND a.task_id = g.id AND a.lease_gen = g.lease_gen
  ), ${appending('$2')}
  UPDATE task t SET
    status = g.status, attempt = g.attempt, progress = g.progress, result = g.result,
    error = CASE WHEN g.status = 'running' THEN t.error ELSE g.error END,
    dead_reason = g.dead_reason,
    due_at = coalesce(g.due, t.due_at),
    rank = CASE WHEN g.due IS NULL THEN t.rank ELSE g.due + ${HANDICAP} END,
    queue_deadline = CASE WHEN g.due IS NULL THEN t.queue_deadline ELSE g.due + t.queue_timeout_s * interval '1 second' END,
    assigned_agent = CASE WHEN g.due IS NULL THEN t.assigned_agent END,
    lease_until = CASE WHEN g.outcome IS NULL THEN t.lease_until END,
    run_deadline = CASE WHEN g.outcome IS NULL THEN t.run_deadline END,
    cancel_requested_at = CASE WHEN g.cancel_reason IS NULL THEN t.cancel_requested_at ELSE now() END,
    cancel_deadline = CASE WHEN g.cancel_reason IS NULL THEN t.cancel_deadline ELSE now() + interval '${CANCEL_TERM_S} seconds' END,
    cancel_reason = coalesce(g.cancel_reason, t.cancel_reason),
    finished_at = CASE WHEN g.status IN ('completed', 'failed', 'cancelled') THEN now() END,
    updated_at = now(), row_version = t.row_version + 1
   FROM given g WHERE t.id = g.id AND t.lease_gen = g.lease_gen AND t.status = g.was`);

/** Locks tasks and writes what became of them: one statement each, however many there are. */
@Injectable()
export class ChangeRows {
  constructor(private readonly db: Database) {}

  /** Those whose lease still counts. */
  async lockHeld(leases: readonly Held[]): Promise<readonly LockedTask[]> {
    const given = leases.map(({ taskId, leaseGen, workspaceId, agentId }) => ({
      ...{ id: taskId, lease_gen: leaseGen, workspace_id: workspaceId ?? null, agent_id: agentId ?? null },
    }));
    return this.db.query<LockedTask>(LOCK_HELD, [JSON.stringify(given)]);
  }

  async lock(workspaceId: string, ids: readonly string[]): Promise<readonly LockedTask[]> {
    return this.db.query<LockedTask>(LOCK, [ids, workspaceId]);
  }

  /** With what is told of it. */
  async write(changes: readonly Change[], events: string): Promise<void> {
    const written = await this.db.execute(WRITE, [storableJson(changes.map(toRow)), events]);
    if (written !== changes.length) throw new Error('a locked task was changed by somebody else');
  }
}

const toRow = ({ task, transition: next }: Change): object => ({
  id: task.id,
  lease_gen: task.leaseGen,
  was: task.status,
  status: next.status,
  attempt: next.attempt,
  progress: next.progress,
  result: next.result,
  error: next.error,
  dead_reason: next.deadReason,
  due_in_s: next.dueInS,
  cancel_reason: next.cancelReason,
  outcome: next.lease?.outcome ?? null,
  lease_error: next.lease?.error ?? null,
});
