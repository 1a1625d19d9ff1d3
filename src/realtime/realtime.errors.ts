import { DomainError } from '@app/kernel';

export class TooManyReadersError extends DomainError {
  readonly code = 'too_many_readers';
  readonly kind = 'exhausted';
  readonly title = 'Too many connections for events';
  override readonly hint = 'Try again later, or share one connection: a filter picks what each part needs.';
  constructor(limit: number) {
    super(`This process serves at most ${limit} readers of events at once.`, { retryAfterS: 10 });
  }
}
