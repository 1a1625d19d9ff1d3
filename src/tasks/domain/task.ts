export const TASK_STATUSES = ['pending', 'running', 'completed', 'failed', 'retrying', 'cancelled'] as const;
export type TaskStatus = (typeof TASK_STATUSES)[number];

export const TASK_PRIORITIES = ['high', 'medium', 'low'] as const;
export type TaskPriority = (typeof TASK_PRIORITIES)[number];

export const TASK_EXECUTORS = ['agent', 'gateway'] as const;
export type TaskExecutor = (typeof TASK_EXECUTORS)[number];

/** Why a task stands among the dead letters. */
export const DEAD_REASONS = ['not_retryable', 'retries_exhausted', 'queue_timeout', 'total_timeout'] as const;
export type DeadReason = (typeof DEAD_REASONS)[number];

/** How a lease ended. */
export const ATTEMPT_OUTCOMES = [
  'completed',
  'failed',
  'lost',
  'timed_out',
  'cancelled',
  'handed_back',
] as const;
export type AttemptOutcome = (typeof ATTEMPT_OUTCOMES)[number];

/** The first term of a lease; heartbeats of the agent prolong it. */
export const LEASE_TERM_S = 30;
/** How long an agent has to end a task that it was asked to end. */
export const CANCEL_TERM_S = 30;

/** Of a payload, of a result, of the output of a stage. */
export const MAX_DOCUMENT_BYTES = 256 * 1_024;
export const MAX_BATCH = 500;
export const MAX_LOG_LINES = 10_000;
export const MAX_LOG_MESSAGE_BYTES = 8 * 1_024;

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export interface TaskError {
  readonly code: string;
  readonly message: string;
}

const FINISHED: ReadonlySet<TaskStatus> = new Set(['completed', 'failed', 'cancelled']);
export const isFinished = (status: TaskStatus): boolean => FINISHED.has(status);
