import { DomainError, type FieldProblem } from '@app/kernel';

/** What is said with a lease that does not count any more. */
export class LeaseLostError extends DomainError {
  readonly code = 'lease_lost';
  readonly kind = 'conflict';
  readonly title = 'The lease of the task is not yours any more';
  override readonly hint =
    'Stop working at this task and throw away what you have of it: whoever holds it now answers for it.';

  constructor(taskId: string, why = 'The lease has ended, or the token belongs to another task.') {
    super(`Task ${taskId}: ${why}`, { facts: { task_id: taskId } });
  }
}

export class TaskDocumentTooLargeError extends DomainError {
  readonly code = 'task_document_too_large';
  readonly kind = 'too_large';
  readonly title = 'The document is too large for a task';
  override readonly hint = 'Store the data elsewhere, and send a reference to it.';

  constructor(what: string, bytes: number, limit: number) {
    const problem: FieldProblem = {
      pointer: `/${what}`,
      code: 'too_large',
      detail: `${what} has ${bytes} bytes; ${limit} is the limit`,
    };
    super(`The ${what} has ${bytes} bytes as JSON; at most ${limit} are kept.`, { errors: [problem] });
  }
}
