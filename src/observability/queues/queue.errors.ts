import { DomainError } from '@app/kernel';

export class QueueUnknownError extends DomainError {
  readonly code = 'queue_not_found';
  readonly kind = 'not_found';
  readonly title = 'There is no such queue';
  override readonly hint = 'List the queues with GET /api/v1/queues.';

  constructor(name: string) {
    super(`No queue has the name "${name.slice(0, 64)}".`);
  }
}
