import { DomainError } from '@app/kernel';
import { type WorkPlace } from '../decide/work-place';

const PLURAL: Readonly<Record<WorkPlace, string>> = { container: 'containers', process: 'processes' };

export class ContainerLimitReachedError extends DomainError {
  readonly code = 'container_limit_reached';
  readonly kind = 'exhausted';
  readonly title = 'No more containers may be made';
  override readonly hint = 'Delete or stop instances, or raise MAX_CONTAINERS.';
  constructor(limit: number, place: WorkPlace) {
    super(`The limit of ${limit} ${PLURAL[place]} is reached.`);
  }
}
