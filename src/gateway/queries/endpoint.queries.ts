import { Query } from '@nestjs/cqrs';
import { type KeysetPosition, type Page } from '@app/kernel';
import { type EndpointView } from './endpoint-view';

export class GetEndpointQuery extends Query<EndpointView> {
  constructor(readonly name: string) {
    super();
  }
}

export class ListEndpointsQuery extends Query<Page<EndpointView>> {
  constructor(
    readonly limit: number,
    readonly after: KeysetPosition | undefined,
  ) {
    super();
  }
}
