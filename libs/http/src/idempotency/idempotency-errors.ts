import { DomainError } from '@app/kernel';

export class InvalidIdempotencyKeyError extends DomainError {
  readonly code = 'invalid_idempotency_key';
  readonly kind = 'malformed';
  readonly title = 'The Idempotency-Key cannot be used';
  override readonly hint = 'Send 1 to 255 visible ASCII characters, for example a UUID.';
  constructor() {
    super('Idempotency-Key must be 1 to 255 visible ASCII characters.');
  }
}

export class IdempotencyKeyReusedError extends DomainError {
  readonly code = 'idempotency_key_reused';
  readonly kind = 'invalid';
  readonly title = 'The Idempotency-Key belongs to another request';
  override readonly hint = 'Use a new key for a new request, and the same body for a repeated one.';
  constructor() {
    super('This Idempotency-Key was sent before, with another body.');
  }
}

export class IdempotencyInProgressError extends DomainError {
  readonly code = 'idempotency_in_progress';
  readonly kind = 'conflict';
  readonly title = 'The first request with this key is still running';
  override readonly hint = 'Wait for the time in Retry-After, then send the same request again.';
  constructor() {
    super('A request with this Idempotency-Key is being worked on.', { retryAfterS: 1 });
  }
}
