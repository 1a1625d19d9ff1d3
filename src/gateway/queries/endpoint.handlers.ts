import { type IQueryHandler, QueryHandler } from '@nestjs/cqrs';
import { type Page } from '@app/kernel';
import { principalOfRequest } from '@app/telemetry';
import { EndpointReader } from './endpoint.reader';
import { type EndpointView } from './endpoint-view';
import { GetEndpointQuery, ListEndpointsQuery } from './endpoint.queries';

@QueryHandler(GetEndpointQuery)
export class GetEndpointHandler implements IQueryHandler<GetEndpointQuery> {
  constructor(private readonly endpoints: EndpointReader) {}

  execute({ name }: GetEndpointQuery): Promise<EndpointView> {
    return this.endpoints.get(principalOfRequest(), name);
  }
}

@QueryHandler(ListEndpointsQuery)
export class ListEndpointsHandler implements IQueryHandler<ListEndpointsQuery> {
  constructor(private readonly endpoints: EndpointReader) {}

  execute({ limit, after }: ListEndpointsQuery): Promise<Page<EndpointView>> {
    return this.endpoints.page(principalOfRequest(), limit, after);
  }
}
