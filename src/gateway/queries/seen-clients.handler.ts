import { type IQueryHandler, QueryHandler } from '@nestjs/cqrs';
import { type Principal, principalOfRequest } from '@app/telemetry';
import { GatewayAccess } from '../access/gateway-access';
import { RoutingTable } from '../routing/routing-table';
import { type Visitor } from '../visitors/visitor';
import { Visitors } from '../visitors/visitors';
import { SeenClientsQuery } from './seen-clients.query';

@QueryHandler(SeenClientsQuery)
export class SeenClientsHandler implements IQueryHandler<SeenClientsQuery> {
  constructor(
    private readonly visitors: Visitors,
    private readonly table: RoutingTable,
    private readonly access: GatewayAccess,
  ) {}

  execute(): Promise<readonly Visitor[]> {
    const principal = principalOfRequest();
    const seen = this.visitors.of(principal.workspaceId);
    return Promise.resolve(seen.filter((visitor) => this.maySee(principal, visitor)));
  }

  /** A server or endpoint that is hidden is not told of by its visitors. */
  private maySee(principal: Principal, { face, name }: Visitor): boolean {
    if (face === 'all') return true;
    if (face === 'endpoint') return this.access.mayUseEndpoint(principal, 'endpoints:read', name);
    const route = this.table.find(principal, name);
    return route !== undefined && this.access.mayUse({ principal, permission: 'tools:read' }, route);
  }
}
