import { type JsonObject, type JsonValue } from '@app/kernel';
import { type TaskExecutor, type TaskPriority } from './task';

/** A task that somebody wants done; what is left out has a default. */
export interface TaskDraft {
  readonly type: string;
  readonly payload: JsonObject;
  readonly priority?: TaskPriority;
  /** An agent needs all of them. Empty: any worker will do. */
  readonly capabilities?: readonly string[];
  /** Id or name of the only agent that may have it. */
  readonly agent?: string;
  /** How long one attempt may run. */
  readonly timeoutS?: number;
  /** How long it may wait each time it is due. */
  readonly queueTimeoutS?: number;
  /** How long all of it may take, waiting and running. */
  readonly totalTimeoutS?: number;
  readonly retryCount?: number;
  readonly runAt?: Date;
  /** Tasks of the same key share a limit. */
  readonly concurrencyKey?: string;
  /** The submitter's own marks, kept as sent: they start and advance nothing. */
  readonly pipelineMark?: string;
  readonly stageMark?: JsonValue;
  readonly executor?: TaskExecutor;
  /** Of the pipeline engine. */
  readonly run?: { readonly runId: string; readonly stageRunId: string };
}

/** In whose name it is submitted: whom it is counted for, and who may see it. */
export interface TaskOwner {
  readonly workspaceId: string;
  /** As an actor is written: `key:ab12`, `user:…`, `system:…`. */
  readonly submittedBy: string;
  readonly userId?: string | undefined;
  readonly keyId?: string | undefined;
  readonly agentId?: string | undefined;
}
