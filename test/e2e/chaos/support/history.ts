export const VERBS = ['create', 'update', 'stop', 'start', 'delete'] as const;
export type Verb = (typeof VERBS)[number];

export type Outcome =
  /** A 2xx, or a 404 to a deletion whose first answer did not arrive: the server has promised. */
  | { readonly kind: 'acknowledged'; readonly status: number }
  | {
      readonly kind: 'refused';
      readonly status: number;
      readonly code: string;
      readonly isProblem: boolean;
      readonly retryAfter: string | null;
    }
  /** Nobody answered, or the connection broke before the answer. */
  | { readonly kind: 'unanswered'; readonly why: string };

export interface Attempt {
  /** Travels as X-Request-Id, so that event and audit row name the request that caused them. */
  readonly requestId: string;
  readonly outcome: Outcome;
}

/** One wish of a client, however often it had to ask. */
export interface Operation {
  readonly instance: string;
  readonly verb: Verb;
  /** The description it leaves behind, where it changes that. */
  readonly description?: string;
  readonly attempts: readonly Attempt[];
}

export const isAcknowledged = ({ attempts }: Operation): boolean =>
  attempts.at(-1)?.outcome.kind === 'acknowledged';

/** What clients asked for and what they were told, in the order of each client. */
export class History {
  readonly operations: Operation[] = [];

  add(operation: Operation): void {
    this.operations.push(operation);
  }

  acknowledged(): number {
    return this.operations.filter(isAcknowledged).length;
  }

  /** The codes of all refusals. */
  refusals(): readonly string[] {
    const outcomes = this.operations.flatMap(({ attempts }) => attempts.map(({ outcome }) => outcome));
    return outcomes.flatMap((outcome) => (outcome.kind === 'refused' ? [outcome.code] : []));
  }

  /** How many answers were of each kind: tells whether a fault was felt at all. */
  outcomes(): Readonly<Record<Outcome['kind'], number>> {
    const counted = { acknowledged: 0, refused: 0, unanswered: 0 };
    for (const { attempts } of this.operations)
      for (const { outcome } of attempts) counted[outcome.kind] += 1;
    return counted;
  }
}
