import { DomainError } from '@app/kernel';

export class TimeoutError extends DomainError {
  readonly code = 'operation_timed_out';
  readonly kind = 'timeout';
  readonly title = 'It took too long';
  override readonly hint = 'Try again, or allow more time where the request has a setting for it.';
  constructor(
    what: string,
    readonly limitMs: number,
  ) {
    super(`${what} did not finish within ${limitMs} ms.`);
  }
}

export class BulkheadFullError extends DomainError {
  readonly code = 'too_many_in_flight';
  readonly kind = 'unavailable';
  readonly title = 'Too many calls are under way';
  override readonly hint = 'Wait for the time in Retry-After, then try again.';
  constructor(what: string) {
    super(`${what} has as many calls under way and waiting as it may have.`, { retryAfterS: 1 });
  }
}

export class CircuitOpenError extends DomainError {
  readonly code = 'circuit_open';
  readonly kind = 'unavailable';
  readonly title = 'The circuit is open';
  override readonly hint = 'Wait for the time in Retry-After; the next call then is the probe.';
  constructor(what: string, retryAfterS: number) {
    super(`${what} failed too often and gets no calls for now.`, { retryAfterS });
  }
}
