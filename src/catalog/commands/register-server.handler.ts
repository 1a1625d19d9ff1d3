import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Database } from '@app/database';
import { newId } from '@app/kernel';
import { scopeOfRequest } from '@app/telemetry';
import { DefinitionRepository } from '../domain/definition.repository';
import { InstancesOfDefinitions } from '../domain/instances-of-definitions';
import { type DefaultsJudge, ServerDefinition } from '../domain/server-definition';
import { runDry } from '../persistence/dry-run';
import { RegisterServerCommand, type RegisteredServer } from './register-server.command';

@CommandHandler(RegisterServerCommand)
export class RegisterServerHandler implements ICommandHandler<RegisterServerCommand> {
  constructor(
    private readonly db: Database,
    private readonly definitions: DefinitionRepository,
    private readonly instances: InstancesOfDefinitions,
  ) {}

  private readonly judge: DefaultsJudge = (base) => this.instances.judgeDefaults(base);

  execute(command: RegisterServerCommand): Promise<RegisteredServer> {
    return runDry(this.db, command.isDryRun, () => this.register(command));
  }

  private async register({ wanted, remoteSpec }: RegisterServerCommand): Promise<RegisteredServer> {
    // The one instance of a remote server is judged as a whole, when it is made.
    const judge = remoteSpec === undefined ? this.judge : undefined;
    const definition = ServerDefinition.register(
      { ...wanted, id: newId(), builtIn: false },
      new Date(),
      judge,
    );
    await this.definitions.insert(scopeOfRequest(), definition);
    if (remoteSpec === undefined) return { definition: definition.snapshot() };
    const { id, name, description } = definition.snapshot();
    const remote = { name, description, definitionId: id, jsonSpec: remoteSpec };
    const instance = await this.instances.createRemote(remote);
    return { definition: definition.snapshot(), instanceId: instance.id };
  }
}
