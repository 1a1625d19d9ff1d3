import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Database } from '@app/database';
import { EndpointRepository } from '../domain/endpoint.repository';
import { UpdateEndpointCommand } from './endpoint.commands';

@CommandHandler(UpdateEndpointCommand)
export class UpdateEndpointHandler implements ICommandHandler<UpdateEndpointCommand> {
  constructor(
    private readonly db: Database,
    private readonly endpoints: EndpointRepository,
  ) {}

  async execute({ name, change, demandVersion }: UpdateEndpointCommand): Promise<{ name: string }> {
    await this.db.transaction(async () => {
      const endpoint = await this.endpoints.load(name);
      demandVersion(endpoint.rowVersion);
      endpoint.change(change, new Date());
      await this.endpoints.save(endpoint);
    });
    return { name };
  }
}
