import { type TaskListItem, type TaskView } from '../queries/task-view';
import { type AcceptedTaskDto, type TaskDto, type TaskSummaryDto } from './task.dto';

export const TASKS = '/api/v1/tasks';

export const presentAccepted = (id: string, status = 'pending'): AcceptedTaskDto => ({
  ...{ task_id: id, status, href: `${TASKS}/${id}` },
});

/** The members alone: what is spread is no instance of its class. */
type Plain<Dto> = Pick<Dto, keyof Dto>;

export function presentSummary(
  task: TaskListItem & { readonly waitingFor?: string | null },
): Plain<TaskSummaryDto> {
  return {
    ...{ task_id: task.id, pipeline_id: task.pipelineMark, stage: task.stageMark, type: task.type },
    ...{
      status: task.status,
      progress: roundedProgress(task.progress),
      progress_message: task.progressMessage,
    },
    ...{ assigned_agent: task.assignedAgent, attempt: task.attempt, retry_count: task.retryCount },
    ...{ priority: task.priority, capabilities: task.capabilities, agent_id: task.wantedAgent },
    ...{ concurrency_key: task.concurrencyKey, timeout: task.timeoutS },
    ...{ queue_timeout: task.queueTimeoutS, total_timeout: task.totalTimeoutS },
    ...{ error: task.error, dead_reason: task.deadReason, waiting_for: task.waitingFor ?? null },
    due_at: task.dueAt.toISOString(),
    cancel_requested_at: textOf(task.cancelRequestedAt),
    ...{ cancel_reason: task.cancelReason, retry_of: task.retryOf, retried_as: task.retriedAs },
    ...{ run_id: task.runId, submitted_by: task.submittedBy },
    created_at: task.createdAt.toISOString(),
    started_at: textOf(task.startedAt),
    updated_at: task.updatedAt.toISOString(),
    finished_at: textOf(task.finishedAt),
  };
}

export const presentTask = (task: TaskView): TaskDto => ({
  ...presentSummary(task),
  ...{ payload: task.payload, result: task.result },
  logs: task.logs.map(({ at, level, message, attempt }) => ({
    ...{ timestamp: at.toISOString(), level, message, attempt },
  })),
  attempts: task.attempts.map((one) => ({
    ...{ attempt: one.attempt, agent_id: one.agentId, agent_name: one.agentName, candidates: one.candidates },
    started_at: one.startedAt.toISOString(),
    accepted_at: textOf(one.acceptedAt),
    ended_at: textOf(one.endedAt),
    ...{ outcome: one.outcome, error: one.error },
  })),
});

const textOf = (at: Date | null): string | null => at?.toISOString() ?? null;
/** The column is a `real`: 0.75 stays, and 0.1 does not become 0.10000000149. */
const roundedProgress = (progress: number): number => Number(progress.toFixed(4));
