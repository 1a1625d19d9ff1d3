import { DomainError } from '@app/kernel';

export class TooManyViewsError extends DomainError {
  readonly code = 'too_many_views';
  readonly kind = 'conflict';
  readonly title = 'There are as many saved views as there may be';
  override readonly hint = 'Remove one of them, or save under the name of another one.';

  constructor(max: number) {
    super(`A user saves at most ${String(max)} views.`);
  }
}
