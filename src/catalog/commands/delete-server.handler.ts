import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Database } from '@app/database';
import { scopeOfRequest } from '@app/telemetry';
import { DefinitionInUseError } from '../domain/definition.errors';
import { DefinitionRepository } from '../domain/definition.repository';
import { InstancesOfDefinitions } from '../domain/instances-of-definitions';
import { DeleteServerCommand } from './change-server.commands';

@CommandHandler(DeleteServerCommand)
export class DeleteServerHandler implements ICommandHandler<DeleteServerCommand> {
  constructor(
    private readonly db: Database,
    private readonly definitions: DefinitionRepository,
    private readonly instances: InstancesOfDefinitions,
  ) {}

  execute({ idOrName, expectedVersions }: DeleteServerCommand): Promise<undefined> {
    return this.db.transaction(async () => {
      const definition = await this.definitions.lockForDeletion(scopeOfRequest(), idOrName, expectedVersions);
      const users = await this.instances.countUsing(definition.id);
      if (users > 0) throw new DefinitionInUseError(definition.name, users);
      await this.instances.detachDeleted(definition.id);
      definition.delete(new Date());
      await this.definitions.delete(definition);
      return undefined;
    });
  }
}
