import { Logger } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Database } from '@app/database';
import { DomainError } from '@app/kernel';
import { EventAppender } from '@app/outbox';
import { ImportItemUnknownError, ImportNotFoundError, ImportNotPlannedError } from '../domain/import.errors';
import { importCommitted } from '../domain/import.events';
import { type ImportPlan, type ItemResult, type ItemSecrets, type PlanItem } from '../domain/import-plan';
import { type Importer, ImportStore } from '../persistence/import-store';
import { CommitImportCommand } from './import.commands';
import { importerOfRequest } from './importer-of-request';
import { ImportSteps } from './import-steps';

@CommandHandler(CommitImportCommand)
export class CommitImportHandler implements ICommandHandler<CommitImportCommand> {
  private readonly logger = new Logger(CommitImportHandler.name);

  constructor(
    private readonly db: Database,
    private readonly plans: ImportStore,
    private readonly steps: ImportSteps,
    private readonly events: EventAppender,
  ) {}

  async execute({ id, include }: CommitImportCommand): Promise<ImportPlan> {
    const importer = importerOfRequest();
    const { items, secrets } = await this.claim(importer, id, include);
    const results: ItemResult[] = [];
    for (const [index, item] of items.entries()) {
      const isWanted = include === undefined || include.includes(item.name);
      results.push(
        isWanted ? await this.take(id, item, secrets[index]) : { name: item.name, status: 'left_out' },
      );
    }
    await this.db.transaction(async () => {
      await this.plans.setResults(id, results);
      await this.events.append([importCommitted(id, results, new Date())]);
    });
    return this.plans.get(importer, id);
  }

  /** From here on nobody else commits it, and its sealed values are in this process only. */
  private claim(
    importer: Importer,
    id: string,
    include: readonly string[] | undefined,
  ): Promise<{ items: readonly PlanItem[]; secrets: readonly ItemSecrets[] }> {
    return this.db.transaction(async () => {
      const { status, items, sealed } = await this.plans.lock(importer, id);
      if (status !== 'planned') throw new ImportNotPlannedError(status);
      const unknown = (include ?? []).filter((name) => items.every((item) => item.name !== name));
      if (unknown.length > 0) throw new ImportItemUnknownError(unknown);
      const secrets = this.plans.open(id, sealed);
      if (secrets === undefined) throw new ImportNotFoundError();
      await this.plans.setStatus(id, 'committed');
      return { items, secrets };
    });
  }

  /** Whatever goes wrong with an item is that item's result, and no other's. */
  private async take(id: string, item: PlanItem, secrets: ItemSecrets | undefined): Promise<ItemResult> {
    const { name, action } = item;
    if (action === 'skip') return { name, status: 'skipped' };
    try {
      await this.db.transaction(async () => {
        const made = await this.steps.take(item, secrets ?? { environment: {}, headers: {} });
        await this.plans.remember(id, made);
      });
      return { name, status: action === 'update' ? 'updated' : 'created' };
    } catch (error) {
      return { name, status: 'failed', failure: this.failureOf(error) };
    }
  }

  private failureOf(error: unknown): { code: string; detail: string } {
    if (error instanceof DomainError) return { code: error.code, detail: error.message };
    this.logger.error(error);
    return { code: 'internal_error', detail: 'The cause is in the log.' };
  }
}
