import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Database } from '@app/database';
import { runDry } from '../../catalog';
import { InstanceRepository } from '../domain/instance.repository';
import { type AcceptedChange, AskInstanceCommand } from './instance.commands';

@CommandHandler(AskInstanceCommand)
export class AskInstanceHandler implements ICommandHandler<AskInstanceCommand> {
  constructor(
    private readonly db: Database,
    private readonly instances: InstanceRepository,
  ) {}

  execute({ verb, idOrName, expectedVersions, isDryRun }: AskInstanceCommand): Promise<AcceptedChange> {
    return runDry(this.db, isDryRun, async () => {
      const instance = await this.instances.lock(idOrName, expectedVersions);
      instance[verb](new Date());
      const saved = await this.instances.update(instance, verb);
      return { state: instance.snapshot(), ...saved };
    });
  }
}
