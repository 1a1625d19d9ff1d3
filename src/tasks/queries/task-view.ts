import { type JsonObject, type JsonValue } from '@app/kernel';
import {
  type AttemptOutcome,
  type DeadReason,
  type TaskError,
  type TaskPriority,
  type TaskStatus,
} from '../domain/task';

export interface TaskListItem {
  readonly id: string;
  readonly workspaceId: string;
  readonly type: string;
  readonly pipelineMark: string | null;
  readonly stageMark: JsonValue;
  readonly runId: string | null;
  readonly stageRunId: string | null;
  readonly executor: string;
  readonly capabilities: readonly string[];
  readonly wantedAgent: string | null;
  readonly concurrencyKey: string | null;
  readonly priority: TaskPriority;
  readonly status: TaskStatus;
  readonly progress: number;
  readonly progressMessage: string | null;
  readonly attempt: number;
  readonly retryCount: number;
  readonly timeoutS: number;
  readonly queueTimeoutS: number | null;
  readonly totalTimeoutS: number | null;
  readonly assignedAgent: string | null;
  readonly error: TaskError | null;
  readonly deadReason: DeadReason | null;
  readonly retryOf: string | null;
  readonly retriedAs: string | null;
  readonly submittedBy: string;
  readonly cancelRequestedAt: Date | null;
  readonly cancelReason: string | null;
  readonly dueAt: Date;
  readonly createdAt: Date;
  readonly startedAt: Date | null;
  readonly updatedAt: Date;
  readonly finishedAt: Date | null;
}

export interface TaskLogLine {
  readonly id: string;
  readonly at: Date;
  readonly attempt: number;
  readonly level: string;
  readonly message: string;
}

export interface TaskAttempt {
  readonly attempt: number;
  readonly agentId: string | null;
  readonly agentName: string | null;
  /** Who else could have had it, and how each was judged. */
  readonly candidates: readonly JsonObject[];
  readonly startedAt: Date;
  readonly acceptedAt: Date | null;
  readonly endedAt: Date | null;
  readonly outcome: AttemptOutcome | null;
  readonly error: TaskError | null;
}

export interface TaskView extends TaskListItem {
  readonly payload: JsonObject;
  readonly result: JsonValue;
  /** The last lines. */
  readonly logs: readonly TaskLogLine[];
  readonly attempts: readonly TaskAttempt[];
  /** Of one that is not running and not over. */
  readonly waitingFor: string | null;
}
