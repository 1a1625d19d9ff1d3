import { type TaskFacts } from '../domain/task.events';
import { type LiveTask } from '../domain/transition';

/** A task whose row is locked: nothing about it changes before the transaction ends. */
export interface LockedTask extends LiveTask, TaskFacts {
  readonly workspaceId: string;
  readonly leaseGen: number;
  readonly cancelReason: string | null;
  /** Of its submission. */
  readonly traceparent: string | null;
  /** Of the attempt that runs. */
  readonly ranMs: number;
  /** By the database's clock. */
  readonly now: Date;
}

/** Of `task AS t`. */
export const LOCKED_COLUMNS = `
  t.id, t.workspace_id AS "workspaceId", t.type, t.status, t.progress, t.attempt, t.retry_count AS "retryCount",
  t.timeout_s AS "timeoutS", t.priority, t.pipeline_mark AS "pipelineMark", t.stage_mark AS "stageMark",
  t.run_id AS "runId", t.stage_run_id AS "stageRunId", t.assigned_agent AS "assignedAgent", t.executor,
  t.lease_gen AS "leaseGen", t.cancel_requested_at IS NOT NULL AS "isCancelRequested", t.cancel_reason AS "cancelReason", t.traceparent,
  coalesce(extract(epoch FROM now() - t.started_at) * 1000, 0)::float8 AS "ranMs",
  now() AS now`;
