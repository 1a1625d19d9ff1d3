import { Injectable } from '@nestjs/common';
import { Database } from '@app/database';
import { type JsonValue } from '@app/kernel';
import { requestContext, type RequestScope } from '@app/telemetry';
import { type Happening, type Transition } from '../domain/transition';
import { ChangeRows, type Held } from '../persistence/change-rows';
import { TaskChanges } from './task-changes';

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

/** The end of one lease, and who says so. */
export interface EndedLease extends Held {
  readonly happening: Happening;
  readonly scope?: RequestScope | undefined;
}

/** How leases end. Each method is one transaction, or a part of the one that is open; the answers are in the order asked. */
@Injectable()
export class TaskOutcomes {
  constructor(
    private readonly db: Database,
    private readonly rows: ChangeRows,
    private readonly changes: TaskChanges,
  ) {}

  async settle(outcomes: readonly TaskOutcome[]): Promise<readonly Settled[]> {
    const ends = await this.end(outcomes.map((outcome) => ({ ...outcome, happening: happeningOf(outcome) })));
    return ends.map((end) => (end === undefined ? 'lease_lost' : 'settled'));
  }

  /** It was never begun: the attempt does not count, and somebody else may have it at once. */
  async handBack(leases: readonly HeldLease[]): Promise<void> {
    await this.end(leases.map((lease) => ({ ...lease, happening: { kind: 'handed_back' } })));
  }

  /** Nobody knows what became of it: the attempt counts, and it is tried again as one that failed. */
  async lose(leases: readonly (HeldLease & { readonly why: string })[]): Promise<void> {
    await this.end(leases.map((lease) => ({ ...lease, happening: { kind: 'lost', why: lease.why } })));
  }

  /** What became of each task; undefined: its lease does not count any more. One that is named twice ends the first way. */
  async end(leases: readonly EndedLease[]): Promise<readonly (Transition | undefined)[]> {
    if (leases.length === 0) return [];
    return this.db.transaction(async () => {
      const locked = await this.rows.lockHeld(leases);
      const open = new Map(locked.map((task) => [keyOf({ taskId: task.id, leaseGen: task.leaseGen }), task]));
      const scope = requestContext.get();
      const places: number[] = [];
      const happened = leases.flatMap((lease, at) => {
        const task = open.get(keyOf(lease));
        if (task === undefined) return [];
        open.delete(keyOf(lease));
        places.push(at);
        return [{ task, happening: lease.happening, scope: lease.scope ?? scope }];
      });
      const transitions = await this.changes.apply(happened);
      const answers = new Array<Transition | undefined>(leases.length).fill(undefined);
      for (const [nth, at] of places.entries()) answers[at] = transitions[nth];
      return answers;
    });
  }
}

const keyOf = ({ taskId, leaseGen }: HeldLease): string => `${taskId.toLowerCase()}|${leaseGen}`;

export const happeningOf = (
  outcome: { readonly result: JsonValue } | { readonly error: Failure },
): Happening => {
  if ('result' in outcome) return { kind: 'completed', result: outcome.result };
  const { code, message, retryable, retryAfterS } = outcome.error;
  return { kind: 'failed', error: { code, message }, retryable, retryAfterS };
};
