import { type JsonValue } from '@app/kernel';
import {
  type Ending,
  isOver,
  isUnderWay,
  type Outcome,
  type Plan,
  type RunState,
  type RunStatus,
  type StageError,
  type StageState,
  type StageStatus,
} from './run-state';

/** What has happened to some stages of a run, or is wanted of the run. */
export type RunEvent =
  | {
      readonly kind: 'ready';
      readonly stages: readonly { readonly stage: StageState; readonly plan: Plan }[];
    }
  | {
      readonly kind: 'ended';
      readonly stages: readonly { readonly stage: StageState; readonly outcome: Outcome }[];
    }
  | { readonly kind: 'cancel'; readonly error: StageError };

/** What a stage becomes. */
export interface StageChange {
  readonly stage: StageState;
  readonly to: StageStatus;
  /** Counted up where an attempt begins. */
  readonly attempt: number;
  readonly input?: JsonValue;
  readonly output?: JsonValue;
  readonly error?: StageError;
  /** Why it was not run. */
  readonly reason?: string;
}

export interface Decision {
  readonly run: RunState;
  readonly changes: readonly StageChange[];
  /** Positions that wait for one stage less; named once for each. */
  readonly released: readonly number[];
  /** Nothing further begins: what has not begun is skipped, what is under way is stopped. */
  readonly halts: boolean;
}

/** Of a run that ends nothing begins any more; its compensations do. */
export const NOT_REACHED = 'The run was ending before its turn came.';

/**
 * The rules of a run. Pure: whoever calls it stores what it says and asks again with what follows from that, such as the
 * stages that a release has made ready. Told twice of the same end it changes nothing the second time.
 */
export function decide(run: RunState, event: RunEvent): Decision {
  const book = new Book(run);
  if (isOver(run.status)) return book.decision();
  switch (event.kind) {
    case 'ready':
      for (const { stage, plan } of event.stages) book.ready(stage, plan);
      break;
    case 'ended':
      for (const { stage, outcome } of event.stages) book.ended(stage, outcome);
      break;
    case 'cancel':
      book.end({ as: 'cancelled', error: event.error });
  }
  return book.decision();
}

/** What becomes of the run when nothing is left to do in this turn. */
export function conclude(run: RunState): { readonly status: RunStatus; readonly compensates: boolean } {
  if (isOver(run.status)) return { status: run.status, compensates: false };
  if (run.active + run.waiting > 0)
    return { status: run.active === 0 ? 'waiting_approval' : 'running', compensates: false };
  if (run.ending !== null && run.compensation === 'wanted') return { status: 'running', compensates: true };
  if (run.ending !== null) return { status: run.ending.as, compensates: false };
  return { status: run.ended === run.total ? 'completed' : 'running', compensates: false };
}

/** One decision while it is made. */
class Book {
  private readonly changes: StageChange[] = [];
  private readonly released: number[] = [];
  private halts = false;

  constructor(private run: RunState) {}

  decision(): Decision {
    return { run: this.run, changes: this.changes, released: this.released, halts: this.halts };
  }

  ready(stage: StageState, plan: Plan): void {
    if (stage.status !== 'pending' && stage.status !== 'retrying') return;
    if (this.run.ending !== null && !stage.isCompensation) this.skip(stage, NOT_REACHED);
    else if (plan.kind === 'run') this.begin(stage, plan.input);
    else if (plan.kind === 'skip') this.skip(stage, plan.reason);
    else this.fail(stage, plan.error);
  }

  ended(stage: StageState, outcome: Outcome): void {
    if (!isUnderWay(stage.status)) return;
    if (outcome.kind === 'completed') this.complete(stage, outcome.output);
    else if (outcome.kind === 'failed') this.failed(stage, outcome);
    else if (this.run.ending === null || stage.isCompensation) this.fail(stage, outcome.error);
    else this.close(stage, { to: 'cancelled', error: outcome.error });
  }

  /** The first reason to end stays: what comes after it is its consequence. */
  end(ending: Ending): void {
    if (this.run.ending !== null) return;
    const { total, active, waiting } = this.run;
    // What has not begun is skipped as a whole, without a look at it.
    this.run = { ...this.run, ending, ended: total - active - waiting };
    this.halts = true;
  }

  private begin(stage: StageState, input: JsonValue): void {
    const isApproval = stage.kind === 'approval';
    if (stage.status === 'pending') this.count(isApproval ? 'waiting' : 'active', 1);
    const to = isApproval ? 'waiting_approval' : 'running';
    this.changes.push({ stage, to, attempt: stage.attempt + 1, input });
  }

  private complete(stage: StageState, output: JsonValue): void {
    this.close(stage, { to: 'completed', output });
    this.release(stage);
  }

  private skip(stage: StageState, reason: string): void {
    this.close(stage, { to: 'skipped', reason });
    this.release(stage);
  }

  private failed(stage: StageState, outcome: Extract<Outcome, { kind: 'failed' }>): void {
    const mayGoOn = this.run.ending === null || stage.isCompensation;
    if (!outcome.isRetryable || stage.attempt > stage.retries || !mayGoOn) this.fail(stage, outcome.error);
    else this.changes.push({ stage, to: 'retrying', attempt: stage.attempt, error: outcome.error });
  }

  private fail(stage: StageState, error: StageError): void {
    this.close(stage, { to: 'failed', error });
    // One compensation that fails must not keep the others from being tried.
    const isTolerated = stage.isCompensation || !stage.isRequired || stage.onFailure === 'continue';
    if (isTolerated) this.release(stage);
    else this.giveUp(stage, error);
  }

  private giveUp({ name, onFailure }: StageState, { code, message }: StageError): void {
    this.end({ as: 'failed', error: { code, message: `Stage "${name}" failed: ${message}` } });
    // Also where it is not the first one to fail: what it asks for is owed all the same.
    const isOwed = onFailure === 'compensate' && this.run.ending?.as === 'failed';
    if (isOwed && this.run.compensation === null) this.run = { ...this.run, compensation: 'wanted' };
  }

  private close(stage: StageState, change: Omit<StageChange, 'stage' | 'attempt'>): void {
    // By what it is, as when it began: an approval that is tried again counts as one that waits.
    if (stage.status !== 'pending') this.count(stage.kind === 'approval' ? 'waiting' : 'active', -1);
    // Once it halts, what is pending is counted as ended already.
    const isCounted = stage.isCompensation || (this.run.ending !== null && stage.status === 'pending');
    if (!isCounted) this.count('ended', 1);
    this.changes.push({ stage, attempt: stage.attempt, ...change });
  }

  private release({ children, isCompensation }: StageState): void {
    if (this.run.ending === null || isCompensation) this.released.push(...children);
  }

  private count(what: 'ended' | 'active' | 'waiting', by: number): void {
    this.run = { ...this.run, [what]: this.run[what] + by };
  }
}
