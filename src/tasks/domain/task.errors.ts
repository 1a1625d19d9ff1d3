import { DomainError } from '@app/kernel';
import { type TaskStatus } from './task';

export class TaskNotFoundError extends DomainError {
  readonly code = 'task_not_found';
  readonly kind = 'not_found';
  readonly title = 'There is no such task';
  override readonly hint = 'List the tasks with GET /api/v1/tasks.';

  constructor(id: string) {
    super(`No task of this workspace has the id "${id.slice(0, 64)}".`);
  }
}

export class TaskFinishedError extends DomainError {
  readonly code = 'task_finished';
  readonly kind = 'conflict';
  readonly title = 'The task is over';
  override readonly hint = 'Read it to see how it ended; what failed or was cancelled can be retried.';

  constructor(id: string, status: TaskStatus) {
    super(`Task ${id} is ${status}, and stays so.`, { facts: { task_id: id, status } });
  }
}

export class TaskNotRetryableError extends DomainError {
  readonly code = 'task_not_retryable';
  readonly kind = 'conflict';
  readonly title = 'The task cannot be tried again';
  override readonly hint =
    'Only what failed or was cancelled is tried again; a stage of a pipeline by a rerun of its run.';

  constructor(id: string, why: string) {
    super(`Task ${id} ${why}.`, { facts: { task_id: id } });
  }
}

export class TaskAlreadyRetriedError extends DomainError {
  readonly code = 'task_already_retried';
  readonly kind = 'conflict';
  readonly title = 'The task was tried again already';
  override readonly hint = 'Look at the task that is named in retried_as.';

  constructor(id: string, retriedAs: string) {
    super(`Task ${id} was tried again as ${retriedAs}.`, { facts: { task_id: id, retried_as: retriedAs } });
  }
}

export class TaskAgentUnknownError extends DomainError {
  readonly code = 'task_agent_unknown';
  readonly kind = 'invalid';
  readonly title = 'The task names an agent that is not there';
  override readonly hint = 'List the agents with GET /api/v1/agents, or leave agent_id out.';

  constructor(idOrName: string) {
    const detail = `no agent of this workspace has the id or name "${idOrName.slice(0, 64)}"`;
    super(`The task is for one agent only, and ${detail}.`, {
      errors: [{ pointer: '/agent_id', code: 'unknown', detail }],
    });
  }
}

export class TasksBusyError extends DomainError {
  readonly code = 'tasks_busy';
  readonly kind = 'unavailable';
  readonly title = 'Too much about tasks waits to be stored';
  override readonly hint = 'Try again after the time in Retry-After.';

  constructor() {
    super('This process has as many requests about tasks waiting as it may have.', { retryAfterS: 1 });
  }
}
