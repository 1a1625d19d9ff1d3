import { type Json, type JsonMap } from './json';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** A task as it was given, by lease or by push. */
export interface GivenTask {
  readonly task_id: string;
  readonly lease_token: string;
  readonly type: string;
  readonly payload: JsonMap;
  readonly attempt: number;
  readonly deadline?: string;
  readonly stage?: Json;
  readonly run_id?: string | null;
}

/** What a handler sees of its task. */
export interface TaskContext {
  readonly id: string;
  readonly type: string;
  readonly payload: JsonMap;
  /** From 1. */
  readonly attempt: number;
  /** Aborted when the task is to be cancelled, is no longer ours, or the agent must end. */
  readonly signal: AbortSignal;
  /** From 0 to 1. Of several at once the newest is told. */
  progress(share: number, message?: string): void;
  log(message: string, level?: LogLevel): void;
}
