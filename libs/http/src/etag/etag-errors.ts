import { DomainError } from '@app/kernel';

/** Somebody else changed the row since the caller read it. */
export class StaleVersionError extends DomainError {
  readonly code = 'stale_version';
  readonly kind = 'stale';
  readonly title = 'The resource has changed';
  override readonly hint =
    'Read the resource again, apply the change to what it is now, and send its new ETag.';
  constructor(readonly current: number) {
    super('If-Match names a version that is no longer the current one; ETag holds the current one.');
  }
}

export class PreconditionRequiredError extends DomainError {
  readonly code = 'precondition_required';
  readonly kind = 'precondition_required';
  readonly title = 'If-Match is required';
  override readonly hint = 'Read the resource, and send its ETag as If-Match.';
  constructor() {
    super('This change replaces the whole resource and must name the version it replaces.');
  }
}
