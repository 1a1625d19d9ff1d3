import { type DomainError, type JsonObject, type JsonValue } from '@app/kernel';
import { type TaskExecutor, type TaskPriority, type TaskStatus } from './task';
import { TaskAlreadyRetriedError, TaskNotRetryableError } from './task.errors';
import { type TaskDraft } from './task-draft';

/** A task as its repetition needs it. */
export interface RetriedTask {
  readonly id: string;
  readonly status: TaskStatus;
  readonly type: string;
  readonly payload: JsonObject;
  readonly pipelineMark: string | null;
  readonly stageMark: JsonValue;
  readonly runId: string | null;
  readonly executor: TaskExecutor;
  readonly capabilities: readonly string[];
  readonly wantedAgent: string | null;
  readonly concurrencyKey: string | null;
  readonly priority: TaskPriority;
  readonly retryCount: number;
  readonly timeoutS: number;
  readonly queueTimeoutS: number | null;
  readonly totalTimeoutS: number | null;
  readonly retriedAs: string | null;
}

/** Why it cannot be tried again. The same task never goes on: what ended has ended, and its repetition is another one. */
export function refusalOfRetry(task: RetriedTask): DomainError | undefined {
  if (task.retriedAs !== null) return new TaskAlreadyRetriedError(task.id, task.retriedAs);
  if (task.runId !== null)
    return new TaskNotRetryableError(task.id, `belongs to the pipeline run ${task.runId}`);
  if (task.status === 'failed' || task.status === 'cancelled') return undefined;
  return new TaskNotRetryableError(task.id, `is ${task.status}`);
}

/** The same wish once more, due now. */
export function draftOfRetry(task: RetriedTask, payload: JsonObject = task.payload): TaskDraft {
  const { type, priority, capabilities, timeoutS, retryCount, executor } = task;
  return {
    ...{ type, payload, priority, capabilities, timeoutS, retryCount, executor, stageMark: task.stageMark },
    ...(task.queueTimeoutS === null ? {} : { queueTimeoutS: task.queueTimeoutS }),
    ...(task.totalTimeoutS === null ? {} : { totalTimeoutS: task.totalTimeoutS }),
    ...(task.concurrencyKey === null ? {} : { concurrencyKey: task.concurrencyKey }),
    ...(task.pipelineMark === null ? {} : { pipelineMark: task.pipelineMark }),
  };
}
