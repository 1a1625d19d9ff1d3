import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Database } from '@app/database';
import { InstanceScopes } from '../access/instance-scopes';
import { runDry } from '../../catalog';
import { InstanceRepository } from '../domain/instance.repository';
import { type AcceptedChange, AskInstanceCommand } from './instance.commands';
import { InstanceHoldings } from './instance-holdings';

@CommandHandler(AskInstanceCommand)
export class AskInstanceHandler implements ICommandHandler<AskInstanceCommand> {
  constructor(
    private readonly db: Database,
    private readonly instances: InstanceRepository,
    private readonly scopes: InstanceScopes,
    private readonly holdings: InstanceHoldings,
  ) {}

  execute(command: AskInstanceCommand): Promise<AcceptedChange> {
    const { verb, idOrName, expectedVersions, isDryRun, permission } = command;
    const scope = this.scopes.ofRequest(permission);
    return runDry(this.db, isDryRun, async () => {
      const instance = await this.instances.lock(scope, idOrName, expectedVersions);
      instance[verb](new Date());
      const saved = await this.instances.update(instance, verb);
      await this.holdings.follow(instance.snapshot());
      return { state: instance.snapshot(), ...saved };
    });
  }
}
