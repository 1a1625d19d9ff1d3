import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Database } from '@app/database';
import { scopeOfRequest } from '@app/telemetry';
import { EndpointRepository } from '../domain/endpoint.repository';
import { VirtualEndpoint } from '../domain/virtual-endpoint';
import { CreateEndpointCommand } from './endpoint.commands';

@CommandHandler(CreateEndpointCommand)
export class CreateEndpointHandler implements ICommandHandler<CreateEndpointCommand> {
  constructor(
    private readonly db: Database,
    private readonly endpoints: EndpointRepository,
  ) {}

  async execute({ name, content }: CreateEndpointCommand): Promise<{ name: string }> {
    // Made inside, because a transaction that PostgreSQL asks to repeat needs the events once more.
    await this.db.transaction(() =>
      this.endpoints.add(scopeOfRequest(), VirtualEndpoint.create(name, content, new Date())),
    );
    return { name };
  }
}
