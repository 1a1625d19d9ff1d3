import { type IQueryHandler, QueryHandler } from '@nestjs/cqrs';
import { principalOfRequest } from '@app/telemetry';
import { GatewayAccess } from '../access/gateway-access';
import { clientById, type ConnectTarget } from '../clients';
import { ClientUnknownError, ServerUnknownError } from '../domain/gateway.errors';
import { GatewayOptions } from '../gateway.options';
import { RoutingTable } from '../routing/routing-table';
import { ConnectQuery, type ConnectView } from './connect.query';
import { EndpointReader } from './endpoint.reader';

const ALL = 'all';
const INSTANCE = 'instance:';
const ENDPOINT = 'endpoint:';

@QueryHandler(ConnectQuery)
export class ConnectHandler implements IQueryHandler<ConnectQuery> {
  constructor(
    private readonly table: RoutingTable,
    private readonly endpoints: EndpointReader,
    private readonly options: GatewayOptions,
    private readonly access: GatewayAccess,
  ) {}

  async execute({ target, client: id }: ConnectQuery): Promise<ConnectView> {
    const client = clientById(id);
    if (client === undefined) throw new ClientUnknownError(id);
    const [name, path] = await this.place(target);
    return { client, target: { name: slug(name), url: `${this.options.publicUrl}${path}` } };
  }

  private async place(target: string): Promise<readonly [name: string, path: string]> {
    if (target === ALL) return [ALL, '/mcp'];
    if (target.startsWith(INSTANCE)) return this.instance(target.slice(INSTANCE.length));
    if (target.startsWith(ENDPOINT)) return this.endpoint(target.slice(ENDPOINT.length));
    try {
      return await this.instance(target);
    } catch (error) {
      if (error instanceof ServerUnknownError) return this.endpoint(target);
      throw error;
    }
  }

  private async instance(nameOrId: string): Promise<readonly [string, string]> {
    const principal = principalOfRequest();
    const route = await this.table.resolve(principal, nameOrId);
    this.access.demandServer({ principal, permission: 'tools:read' }, route, nameOrId);
    const { name } = route;
    return [name, `/servers/${name}/mcp`];
  }

  private async endpoint(name: string): Promise<readonly [string, string]> {
    await this.endpoints.get(principalOfRequest(), name);
    return [name, `/endpoints/${name}/mcp`];
  }
}

/** Some clients take letters, digits and dashes only. */
const slug = (name: string): ConnectTarget['name'] => `quayside-${name.replaceAll('_', '-')}`;
