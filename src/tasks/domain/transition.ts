import { type JsonValue } from '@app/kernel';
import { retryDelayS } from './retry-delay';
import { type AttemptOutcome, type DeadReason, isFinished, type TaskError, type TaskStatus } from './task';

/** What the rules need to know of a task. */
export interface LiveTask {
  readonly status: TaskStatus;
  /** Attempts begun that count. */
  readonly attempt: number;
  readonly retryCount: number;
  readonly timeoutS: number;
  readonly progress: number;
  readonly isCancelRequested: boolean;
}

/** What may come over a task. */
export type Happening =
  | { readonly kind: 'completed'; readonly result: JsonValue }
  | {
      readonly kind: 'failed';
      readonly error: TaskError;
      readonly retryable: boolean;
      readonly retryAfterS?: number | undefined;
    }
  /** Nobody knows what became of the attempt. */
  | { readonly kind: 'lost'; readonly why: string }
  /** The attempt was never begun. */
  | { readonly kind: 'handed_back' }
  | { readonly kind: 'ran_out'; readonly of: 'run' | 'queue' | 'total' | 'cancel' }
  | { readonly kind: 'cancelled'; readonly reason: string };

type Told = 'completed' | 'failed' | 'retrying' | 'cancelled' | 'cancel.requested';

/** What becomes of it, whole: what is not said here stays. */
export interface Transition {
  readonly status: TaskStatus;
  readonly attempt: number;
  readonly progress: number;
  readonly result: JsonValue;
  readonly error: TaskError | null;
  readonly deadReason: DeadReason | null;
  /** When it is due again; null: never. */
  readonly dueInS: number | null;
  /** How the lease ended; null: it goes on, or there is none. */
  readonly lease: { readonly outcome: AttemptOutcome; readonly error: TaskError | null } | null;
  /** Somebody asked for its end just now. */
  readonly cancelReason: string | null;
  readonly told: Told;
}

/**
 * The whole life of a task after its submission, but for its start: that is dispatch's. Pure. undefined: it does not concern
 * the task any more, so nothing changes; what has ended never changes again.
 */
export function transitionOf(
  task: LiveTask,
  happening: Happening,
  random: () => number = Math.random,
): Transition | undefined {
  if (isFinished(task.status)) return undefined;
  return task.status === 'running' ? ofRunning(task, happening, random) : ofWaiting(task, happening);
}

function ofWaiting(task: LiveTask, happening: Happening): Transition | undefined {
  if (happening.kind === 'cancelled') return cancelled(task, null, happening.reason);
  if (happening.kind !== 'ran_out') return undefined;
  if (happening.of === 'queue') return dead(task, 'queue_timeout', QUEUE_TIMEOUT, null);
  return happening.of === 'total' ? dead(task, 'total_timeout', TOTAL_TIMEOUT, null) : undefined;
}

function ofRunning(task: LiveTask, happening: Happening, random: () => number): Transition | undefined {
  switch (happening.kind) {
    // Also when its end was asked for: it was done before it could be stopped, and saying otherwise would be a lie.
    case 'completed':
      return {
        ...unchanged(task),
        ...{ status: 'completed', progress: 1, result: happening.result, told: 'completed' },
        lease: { outcome: 'completed', error: null },
      };
    case 'failed':
      return failed(task, 'failed', happening, random);
    case 'lost':
      return failed(
        task,
        'lost',
        { error: { code: 'lease_lost', message: happening.why }, retryable: true },
        random,
      );
    case 'handed_back':
      return handedBack(task);
    case 'ran_out':
      return ranOut(task, happening.of, random);
    case 'cancelled':
      return task.isCancelRequested
        ? undefined
        : { ...unchanged(task), cancelReason: happening.reason, told: 'cancel.requested' };
  }
}

interface Failure {
  readonly error: TaskError;
  readonly retryable: boolean;
  readonly retryAfterS?: number | undefined;
}

/** Nobody wants another attempt of what is to be cancelled, however the last one ended. */
function failed(
  task: LiveTask,
  outcome: AttemptOutcome,
  { error, retryable, retryAfterS }: Failure,
  random: () => number,
): Transition {
  const lease = { outcome, error };
  if (task.isCancelRequested)
    return cancelled(task, outcome === 'failed' ? { outcome: 'cancelled', error } : lease, null);
  if (!retryable) return dead(task, 'not_retryable', error, lease);
  if (task.attempt > task.retryCount) return dead(task, 'retries_exhausted', error, lease);
  const dueInS = Math.max(retryDelayS(task.attempt, random), retryAfterS ?? 0);
  return {
    ...{ ...unchanged(task), status: 'retrying', progress: 0, told: 'retrying' },
    ...{ error, dueInS, lease },
  };
}

function handedBack(task: LiveTask): Transition {
  const lease = { outcome: 'handed_back', error: null } as const;
  if (task.isCancelRequested) return cancelled(task, lease, null);
  const attempt = Math.max(0, task.attempt - 1);
  const status = attempt === 0 ? 'pending' : 'retrying';
  return { ...unchanged(task), status, attempt, progress: 0, dueInS: 0, lease, told: 'retrying' };
}

function ranOut(
  task: LiveTask,
  of: 'run' | 'queue' | 'total' | 'cancel',
  random: () => number,
): Transition | undefined {
  if (of === 'queue') return undefined;
  if (of === 'cancel' && !task.isCancelRequested) return undefined;
  const error = of === 'total' ? TOTAL_TIMEOUT : runTimeout(task.timeoutS);
  const lease = { outcome: 'timed_out', error } as const;
  if (task.isCancelRequested)
    return cancelled(task, of === 'cancel' ? { outcome: 'cancelled', error: null } : lease, null);
  if (of === 'total') return dead(task, 'total_timeout', error, lease);
  return failed(task, 'timed_out', { error, retryable: true }, random);
}

const cancelled = (task: LiveTask, lease: Transition['lease'], cancelReason: string | null): Transition => ({
  ...unchanged(task),
  ...{ status: 'cancelled', lease, cancelReason, told: 'cancelled' },
});

const dead = (
  task: LiveTask,
  deadReason: DeadReason,
  error: TaskError,
  lease: Transition['lease'],
): Transition => ({ ...unchanged(task), status: 'failed', deadReason, error, lease, told: 'failed' });

const unchanged = ({ status, attempt, progress }: LiveTask) => ({
  ...{ status, attempt, progress, result: null, error: null, deadReason: null },
  ...{ dueInS: null, lease: null, cancelReason: null },
});

const QUEUE_TIMEOUT: TaskError = {
  code: 'queue_timeout',
  message: 'It waited longer than its queue_timeout.',
};
const TOTAL_TIMEOUT: TaskError = {
  code: 'total_timeout',
  message: 'It was not done within its total_timeout.',
};
const runTimeout = (timeoutS: number): TaskError => ({
  code: 'timed_out',
  message: `It ran longer than its timeout of ${timeoutS} s.`,
});
