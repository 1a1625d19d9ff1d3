import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Database } from '@app/database';
import { runDry } from '../../catalog';
import { NeedsExactCountError } from '../domain/instance.repository';
import { type AcceptedChange, CreateInstanceCommand } from './instance.commands';
import { InstanceCreation } from './instance-creation';

@CommandHandler(CreateInstanceCommand)
export class CreateInstanceHandler implements ICommandHandler<CreateInstanceCommand> {
  constructor(
    private readonly db: Database,
    private readonly creation: InstanceCreation,
  ) {}

  async execute({ draft, caller, isDryRun }: CreateInstanceCommand): Promise<AcceptedChange> {
    const judged = await this.creation.judge(draft, caller);
    const store = (counting: 'fast' | 'exact') =>
      runDry(this.db, isDryRun, () => this.creation.store(judged, caller, counting));
    try {
      return await store('fast');
    } catch (error) {
      if (error instanceof NeedsExactCountError) return store('exact');
      throw error;
    }
  }
}
