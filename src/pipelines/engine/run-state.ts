import { type JsonValue } from '@app/kernel';

export const RUN_STATUSES = [
  'pending',
  'running',
  'waiting_approval',
  'completed',
  'failed',
  'cancelled',
] as const;
export type RunStatus = (typeof RUN_STATUSES)[number];

export const STAGE_STATUSES = [
  'pending',
  'running',
  'retrying',
  'waiting_approval',
  'completed',
  'failed',
  'skipped',
  'cancelled',
] as const;
export type StageStatus = (typeof STAGE_STATUSES)[number];

export type StageKind = 'task' | 'tool' | 'approval' | 'pipeline';

/** What went wrong, in words that may be shown: never a stack, a statement or a secret. */
export interface StageError {
  readonly code: string;
  readonly message: string;
}

export const isOver = (status: RunStatus): boolean =>
  status === 'completed' || status === 'failed' || status === 'cancelled';

/** Something of it is under way: an attempt, a wait for the next one, or for somebody's decision. */
export const isUnderWay = (status: StageStatus): boolean =>
  status === 'running' || status === 'retrying' || status === 'waiting_approval';

/** What a run will be once nothing of it is under way any more. */
export interface Ending {
  readonly as: 'failed' | 'cancelled';
  readonly error: StageError;
}

/** A run as far as decisions need it: counts, so that a decision costs what its event touches and not what the run has. */
export interface RunState {
  readonly status: RunStatus;
  /** Stages of the definition; compensations are not among them. */
  readonly total: number;
  /** How many of those have ended, whatever as. */
  readonly ended: number;
  /** Attempts and waits for the next one, of stages and of compensations. */
  readonly active: number;
  /** Decisions of people that are waited for. */
  readonly waiting: number;
  readonly ending: Ending | null;
  readonly compensation: 'wanted' | 'running' | null;
}

/** A stage of a run as far as decisions need it. */
export interface StageState {
  readonly id: string;
  readonly position: number;
  readonly name: string;
  readonly kind: StageKind;
  readonly status: StageStatus;
  /** Attempts begun. */
  readonly attempt: number;
  readonly retries: number;
  /** Positions that wait for it. */
  readonly children: readonly number[];
  /** The run fails with it. */
  readonly isRequired: boolean;
  readonly onFailure: 'fail' | 'continue' | 'compensate';
  readonly isCompensation: boolean;
}

/** What is to be done with a stage that nothing holds up any more. */
export type Plan =
  | { readonly kind: 'run'; readonly input: JsonValue }
  | { readonly kind: 'skip'; readonly reason: string }
  | { readonly kind: 'fault'; readonly error: StageError };

/** How an attempt ended. */
export type Outcome =
  | { readonly kind: 'completed'; readonly output: JsonValue }
  | { readonly kind: 'failed'; readonly error: StageError; readonly isRetryable: boolean }
  | { readonly kind: 'cancelled'; readonly error: StageError };
