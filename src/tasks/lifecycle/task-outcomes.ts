import { Injectable } from '@nestjs/common';
import { type JsonValue } from '@app/kernel';

export interface HeldLease {
  readonly taskId: string;
  readonly leaseGen: number;
}

export interface Failure {
  readonly code: string;
  readonly message: string;
  readonly retryable: boolean;
  /** Nothing is tried again before. */
  readonly retryAfterS?: number | undefined;
}

export type TaskOutcome = HeldLease & ({ readonly result: JsonValue } | { readonly error: Failure });
export type Settled = 'settled' | 'lease_lost';

/** How leases end. Each method is one transaction, or a part of the one that is open; the answers are in the order asked. */
@Injectable()
export class TaskOutcomes {
  settle(_outcomes: readonly TaskOutcome[]): Promise<readonly Settled[]> {
    return Promise.reject(new Error('not yet'));
  }

  /** It was never begun: the attempt does not count, and somebody else may have it at once. */
  handBack(_leases: readonly HeldLease[]): Promise<void> {
    return Promise.reject(new Error('not yet'));
  }

  /** Nobody knows what became of it: the attempt counts, and it is tried again as one that failed. */
  lose(_leases: readonly (HeldLease & { readonly why: string })[]): Promise<void> {
    return Promise.reject(new Error('not yet'));
  }
}
