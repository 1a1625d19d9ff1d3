import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Database } from '@app/database';
import { scopeOfRequest } from '@app/telemetry';
import { DefinitionRepository } from '../domain/definition.repository';
import { InstancesOfDefinitions } from '../domain/instances-of-definitions';
import { type DefinitionState } from '../domain/server-definition';
import { runDry } from '../persistence/dry-run';
import { UpdateServerCommand } from './change-server.commands';

@CommandHandler(UpdateServerCommand)
export class UpdateServerHandler implements ICommandHandler<UpdateServerCommand> {
  constructor(
    private readonly db: Database,
    private readonly definitions: DefinitionRepository,
    private readonly instances: InstancesOfDefinitions,
  ) {}

  execute({ idOrName, change, expectedVersions, isDryRun }: UpdateServerCommand): Promise<DefinitionState> {
    return runDry(this.db, isDryRun, async () => {
      const definition = await this.definitions.lock(scopeOfRequest(), idOrName, expectedVersions);
      definition.update(change(definition.snapshot()), new Date(), (base) =>
        this.instances.judgeDefaults(base),
      );
      await this.definitions.update(definition);
      return definition.snapshot();
    });
  }
}
