import { DomainError } from '@app/kernel';
import { type LimitKind } from './task-limit';

export class TaskLimitNotFoundError extends DomainError {
  readonly code = 'task_limit_not_found';
  readonly kind = 'not_found';
  readonly title = 'There is no such limit';
  override readonly hint = 'List the limits with GET /api/v1/tasks/limits.';

  constructor(kind: LimitKind, name: string) {
    super(`Nothing limits tasks of the ${kind} "${name}" in this workspace.`);
  }
}

export class TooManyTaskLimitsError extends DomainError {
  readonly code = 'too_many_task_limits';
  readonly kind = 'exhausted';
  readonly title = 'No more limits can be set';
  override readonly hint = 'Remove limits that are not needed.';

  constructor(limit: number) {
    super(`A workspace has ${String(limit)} limits at most.`, { facts: { limit } });
  }
}
