import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Database } from '@app/database';
import { principalOfRequest } from '@app/telemetry';
import { GatewayAccess } from '../access/gateway-access';
import { EndpointRepository } from '../domain/endpoint.repository';
import { UpdateEndpointCommand } from './endpoint.commands';

@CommandHandler(UpdateEndpointCommand)
export class UpdateEndpointHandler implements ICommandHandler<UpdateEndpointCommand> {
  constructor(
    private readonly db: Database,
    private readonly endpoints: EndpointRepository,
    private readonly access: GatewayAccess,
  ) {}

  async execute({ name, change, demandVersion }: UpdateEndpointCommand): Promise<{ name: string }> {
    const principal = principalOfRequest();
    this.access.demandEndpoint(principal, 'endpoints:update', name);
    await this.db.transaction(async () => {
      const endpoint = await this.endpoints.load(principal, name);
      demandVersion(endpoint.rowVersion);
      endpoint.change(change, new Date());
      await this.endpoints.save(principal, endpoint);
    });
    return { name };
  }
}
