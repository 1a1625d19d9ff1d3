import { type QueuedTask } from '../dispatch/matching/model';
import { type TaskListItem, type TaskView } from './task-view';

/** Of `task AS t`; what a list shows, and what dispatch has to know to say what it waits for. */
export const LIST_COLUMNS = `
  t.id, t.workspace_id AS "workspaceId", t.type, t.pipeline_mark AS "pipelineMark", t.stage_mark AS "stageMark",
  t.run_id AS "runId", t.stage_run_id AS "stageRunId", t.executor, t.capabilities, t.wanted_agent AS "wantedAgent",
  t.concurrency_key AS "concurrencyKey", t.priority, t.status, t.progress, t.progress_message AS "progressMessage",
  t.attempt, t.retry_count AS "retryCount", t.timeout_s AS "timeoutS", t.queue_timeout_s AS "queueTimeoutS",
  t.total_timeout_s AS "totalTimeoutS", t.assigned_agent AS "assignedAgent", t.error, t.dead_reason AS "deadReason",
  t.retry_of AS "retryOf", t.retried_as AS "retriedAs", t.submitted_by AS "submittedBy",
  t.cancel_requested_at AS "cancelRequestedAt", t.cancel_reason AS "cancelReason", t.due_at AS "dueAt",
  t.created_at AS "createdAt", t.started_at AS "startedAt", t.updated_at AS "updatedAt", t.finished_at AS "finishedAt",
  t.lane, t.lease_gen AS "leaseGen", t.rank, t.user_id AS "userId", t.key_id AS "keyId", t.agent_id AS "agentId"`;

export interface TaskRow extends TaskListItem {
  readonly lane: string;
  readonly leaseGen: number;
  readonly rank: Date;
  readonly userId: string | null;
  readonly keyId: string | null;
  readonly agentId: string | null;
}

export type WholeTaskRow = TaskRow & Pick<TaskView, 'payload' | 'result'>;

export const isQueued = ({ status }: TaskListItem): boolean => status === 'pending' || status === 'retrying';

export const toQueued = (row: TaskRow): QueuedTask => ({
  ...{ id: row.id, lane: row.lane, workspaceId: row.workspaceId, type: row.type },
  ...{ concurrencyKey: row.concurrencyKey, capabilities: row.capabilities, wantedAgent: row.wantedAgent },
  executor: row.executor === 'gateway' ? 'gateway' : 'agent',
  ...{ userId: row.userId, keyId: row.keyId, agentId: row.agentId },
  ...{ rankMs: row.rank.getTime(), dueMs: row.dueAt.getTime(), leaseGen: row.leaseGen },
});
