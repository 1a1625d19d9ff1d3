import { type DomainEvent } from '@app/kernel';

export const LIMIT_KINDS = ['type', 'key'] as const;
export type LimitKind = (typeof LIMIT_KINDS)[number];

/** Names what is limited: all tasks of a type, or all with a concurrency key. */
export interface LimitSubject {
  readonly workspaceId: string;
  readonly kind: LimitKind;
  readonly name: string;
}

export interface TaskLimit extends LimitSubject {
  readonly maxRunning: number;
  /** How many run now. */
  readonly running: number;
  readonly version: number;
  readonly updatedAt: Date;
}

/** `before`, `after`: how many may run; null is no limit. */
export const limitChanged = (
  { kind, name }: LimitSubject,
  before: number | null,
  after: number | null,
): DomainEvent => ({
  name: 'task.limit.changed',
  aggregateType: 'task-limits',
  aggregateId: `${kind}:${name}`,
  data: { kind, name, before, after },
  occurredAt: new Date(),
});
