import { DomainError, type FieldProblem } from '@app/kernel';

export class ScheduleInvalidError extends DomainError {
  readonly code = 'schedule_invalid';
  readonly kind = 'invalid';
  readonly title = 'The schedule cannot be like this';
  override readonly hint = 'Correct what errors names.';

  constructor(errors: readonly FieldProblem[]) {
    const [first] = errors;
    super(first === undefined ? 'The schedule is not valid.' : `${first.pointer} ${first.detail}.`, {
      errors,
    });
  }
}

export class ScheduleUnknownError extends DomainError {
  readonly code = 'schedule_unknown';
  readonly kind = 'not_found';
  readonly title = 'The pipeline has no such schedule';
  override readonly hint = 'GET /api/v1/pipelines/{id}/schedules lists its schedules.';

  constructor() {
    super('There is no such schedule.');
  }
}

export class TooManySchedulesError extends DomainError {
  readonly code = 'too_many_schedules';
  readonly kind = 'conflict';
  readonly title = 'The pipeline has as many schedules as it may have';
  override readonly hint = 'Delete one of them, or say several times in one cron expression.';

  constructor(max: number) {
    super(`A pipeline has at most ${String(max)} schedules.`);
  }
}
