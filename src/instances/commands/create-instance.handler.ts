import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Database } from '@app/database';
import { runDry } from '../../catalog';
import { type Caller } from '../domain/caller';
import { InstanceNameTakenError, InstanceQuotaExceededError } from '../domain/instance.errors';
import { NeedsExactCountError } from '../domain/instance.repository';
import { type AcceptedChange, CreateInstanceCommand } from './instance.commands';
import { InstanceCreation, type JudgedDraft } from './instance-creation';

@CommandHandler(CreateInstanceCommand)
export class CreateInstanceHandler implements ICommandHandler<CreateInstanceCommand> {
  constructor(
    private readonly db: Database,
    private readonly creation: InstanceCreation,
  ) {}

  async execute({ draft, caller, isDryRun }: CreateInstanceCommand): Promise<AcceptedChange> {
    const judged = await this.creation.judge(draft, caller);
    try {
      return await this.store(judged, caller, isDryRun);
    } catch (error) {
      // An earlier try of this very request may have taken the name, or the last place, and only its answer was lost.
      const isTaken = error instanceof InstanceNameTakenError || error instanceof InstanceQuotaExceededError;
      const made = isTaken ? await this.creation.madeBefore(judged) : undefined;
      if (made === undefined) throw error;
      return made;
    }
  }

  private async store(judged: JudgedDraft, caller: Caller, isDryRun: boolean): Promise<AcceptedChange> {
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
