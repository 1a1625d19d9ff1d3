/** A task as it reached an agent: one lease, one token. */
export interface Handed {
  readonly taskId: string;
  readonly leaseToken: string;
  readonly attempt: number;
  readonly agent: string;
}

export type Settled = 'acknowledged' | 'refused' | 'unknown';

/** What an agent told of a lease, and what it was answered; `unknown`: the answer was lost on its way. */
export interface Told {
  readonly taskId: string;
  readonly leaseToken: string;
  readonly kind: 'complete' | 'fail';
  readonly answer: Settled;
  /** The code of the problem, where it was refused. */
  readonly code?: string;
}

/** Everything that clients and agents were promised or told, in the order in which they learnt of it. */
export class WorkHistory {
  readonly submitted: string[] = [];
  readonly handed: Handed[] = [];
  readonly told: Told[] = [];
}
