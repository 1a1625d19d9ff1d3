import { DomainError } from '@app/kernel';

export class TooManyAsksError extends DomainError {
  readonly code = 'too_many_waiting_agents';
  readonly kind = 'unavailable';
  readonly title = 'Too many agents wait here for work';
  override readonly hint = 'Ask again after Retry-After, and ask with one request at a time.';

  constructor() {
    super('This process holds as many questions for work open as it can.', { retryAfterS: 2 });
  }
}
