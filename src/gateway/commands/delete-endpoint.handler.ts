import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Database } from '@app/database';
import { EndpointRepository } from '../domain/endpoint.repository';
import { DeleteEndpointCommand } from './endpoint.commands';

@CommandHandler(DeleteEndpointCommand)
export class DeleteEndpointHandler implements ICommandHandler<DeleteEndpointCommand> {
  constructor(
    private readonly db: Database,
    private readonly endpoints: EndpointRepository,
  ) {}

  async execute({ name, demandVersion }: DeleteEndpointCommand): Promise<{ name: string }> {
    await this.db.transaction(async () => {
      const endpoint = await this.endpoints.load(name);
      demandVersion(endpoint.rowVersion);
      endpoint.delete(new Date());
      await this.endpoints.remove(endpoint);
    });
    return { name };
  }
}
