import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Database } from '@app/database';
import { principalOfRequest } from '@app/telemetry';
import { GatewayAccess } from '../access/gateway-access';
import { EndpointRepository } from '../domain/endpoint.repository';
import { DeleteEndpointCommand } from './endpoint.commands';

@CommandHandler(DeleteEndpointCommand)
export class DeleteEndpointHandler implements ICommandHandler<DeleteEndpointCommand> {
  constructor(
    private readonly db: Database,
    private readonly endpoints: EndpointRepository,
    private readonly access: GatewayAccess,
  ) {}

  async execute({ name, demandVersion }: DeleteEndpointCommand): Promise<{ name: string }> {
    const principal = principalOfRequest();
    this.access.demandEndpoint(principal, 'endpoints:delete', name);
    await this.db.transaction(async () => {
      const endpoint = await this.endpoints.load(principal, name);
      demandVersion(endpoint.rowVersion);
      endpoint.delete(new Date());
      await this.endpoints.remove(principal, endpoint);
    });
    return { name };
  }
}
