import { DomainError } from '@app/kernel';

export class ContainerLimitReachedError extends DomainError {
  readonly code = 'container_limit_reached';
  readonly kind = 'exhausted';
  readonly title = 'No more containers may be made';
  override readonly hint = 'Delete or stop instances, or raise MAX_CONTAINERS.';
  constructor(limit: number) {
    super(`The limit of ${limit} containers is reached.`);
  }
}
