import { type Happening } from './transition';

/** Which of a task's deadlines have passed, by the database's clock. */
export interface Passed {
  readonly cancel: boolean;
  readonly total: boolean;
  readonly run: boolean;
  readonly queue: boolean;
  readonly lease: boolean;
  /** The agent is there, or whether it is cannot be known now: it keeps what it holds. */
  readonly isHeld: boolean;
  /** The agent is gone for good, or was found lost. */
  readonly isAgentGone: boolean;
}

/** What the reaper does with a task whose time it is. The strongest reason counts: an ended lease is tried again, the others may not be. */
export function overdue(passed: Passed): Happening | 'renew' | undefined {
  if (passed.cancel) return { kind: 'ran_out', of: 'cancel' };
  if (passed.total) return { kind: 'ran_out', of: 'total' };
  if (passed.run) return { kind: 'ran_out', of: 'run' };
  if (passed.queue) return { kind: 'ran_out', of: 'queue' };
  if (passed.isAgentGone)
    return { kind: 'lost', why: 'The agent was lost or has gone while it had the task.' };
  if (!passed.lease) return undefined;
  return passed.isHeld
    ? 'renew'
    : { kind: 'lost', why: 'Nobody prolonged the lease: whoever had the task fell silent.' };
}
