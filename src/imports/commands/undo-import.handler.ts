import { CommandBus, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Database } from '@app/database';
import { DomainError } from '@app/kernel';
import { EventAppender } from '@app/outbox';
import { DeleteServerCommand, UpdateServerCommand } from '../../catalog';
import { AskInstanceCommand, InstanceQueries, InstanceScopes, OperationWaiter } from '../../instances';
import { importUndone } from '../domain/import.events';
import { type ImportPlan, type ItemResult, type MadeItem } from '../domain/import-plan';
import { type Importer, ImportStore } from '../persistence/import-store';
import { UndoImportCommand } from './import.commands';
import { importerOfRequest } from './importer-of-request';
import { demand } from './import-steps';

/** Repeatable: what could not go yet goes with the next call. */
@CommandHandler(UndoImportCommand)
export class UndoImportHandler implements ICommandHandler<UndoImportCommand> {
  // eslint-disable-next-line max-params -- A constructor that is called by the container; each part is one word here.
  constructor(
    private readonly db: Database,
    private readonly commands: CommandBus,
    private readonly plans: ImportStore,
    private readonly instances: InstanceQueries,
    private readonly scopes: InstanceScopes,
    private readonly waiter: OperationWaiter,
    private readonly events: EventAppender,
  ) {}

  async execute({ id, waitS }: UndoImportCommand): Promise<ImportPlan> {
    const importer = importerOfRequest();
    const plan = await this.claim(importer, id);
    if (plan.status === 'undone') return plan;
    const endsAtMs = performance.now() + waitS * 1_000;
    // The last one first: what was made later may use what was made before.
    const made = plan.made.toReversed();
    const leaving = await this.askToLeave(made);
    const results: ItemResult[] = [];
    for (const each of made) results.push(await this.takeBack(each, leaving.get(each.name), endsAtMs));
    return this.conclude(importer, plan, results);
  }

  private claim(importer: Importer, id: string): Promise<ImportPlan> {
    return this.db.transaction(async () => {
      const plan = await this.plans.lock(importer, id);
      if (plan.status === 'planned') {
        await this.plans.drop(id);
        await this.events.append([importUndone(id, [], new Date())]);
        return { ...plan, status: 'undone' as const };
      }
      if (plan.status === 'committed') await this.plans.setStatus(id, 'undoing');
      return plan;
    });
  }

  /** All of them at once, so that the time they take is the time of the slowest. */
  private async askToLeave(made: readonly MadeItem[]): Promise<ReadonlyMap<string, string | undefined>> {
    const leaving = new Map<string, string | undefined>();
    for (const { name, instanceId } of made) {
      if (instanceId === undefined || (await this.isGone(instanceId))) continue;
      demand('instances:delete');
      const ask = new AskInstanceCommand('delete', instanceId, undefined, false);
      leaving.set(name, (await this.commands.execute(ask)).operationId);
    }
    return leaving;
  }

  private async isGone(instanceId: string): Promise<boolean> {
    return (await this.instances.find(this.scopes.ofRequest('instances:delete'), instanceId)) === undefined;
  }

  private async takeBack(
    made: MadeItem,
    operationId: string | undefined,
    endsAtMs: number,
  ): Promise<ItemResult> {
    const { name, instanceId } = made;
    if (operationId !== undefined) {
      const leftS = Math.max(0, (endsAtMs - performance.now()) / 1_000);
      await this.waiter.wait(this.scopes.ofRequest('instances:read'), operationId, leftS);
    }
    if (instanceId !== undefined && !(await this.isGone(instanceId))) return { name, status: 'going' };
    try {
      await this.restore(made);
      return { name, status: 'undone' };
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      // Gone is what was wanted; changed since, or in use, is somebody's work that is left to them.
      if (error.code === 'server_not_found') return { name, status: 'undone' };
      return { name, status: 'kept', failure: { code: error.code, detail: error.message } };
    }
  }

  private async restore({ action, definitionId, before, rowVersion }: MadeItem): Promise<void> {
    if (definitionId === undefined || rowVersion === undefined) return;
    if (action === 'create') await this.commands.execute(new DeleteServerCommand(definitionId, [rowVersion]));
    else if (before !== undefined) {
      const status = before.status === 'draft' || before.status === 'archived' ? before.status : 'published';
      const change = { ...before, status } as const;
      await this.commands.execute(new UpdateServerCommand(definitionId, () => change, [rowVersion], false));
    }
  }

  private async conclude(
    importer: Importer,
    { id, made }: ImportPlan,
    results: readonly ItemResult[],
  ): Promise<ImportPlan> {
    const left = new Set(results.filter(({ status }) => status !== 'undone').map(({ name }) => name));
    await this.db.transaction(async () => {
      const still = made.filter(({ name }) => left.has(name));
      await this.plans.setMade(id, still, results);
      if (still.length === 0) await this.plans.setStatus(id, 'undone');
      await this.events.append([importUndone(id, results, new Date())]);
    });
    return this.plans.get(importer, id);
  }
}
