import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { newId } from '@app/kernel';
import { Scrubber } from '@app/telemetry';
import { type ImportPlan, type ItemSecrets } from '../domain/import-plan';
import { ImportStore } from '../persistence/import-store';
import { Planner } from '../planning/planner';
import { readContent } from '../reading/read-content';
import { PlanImportCommand } from './import.commands';
import { importerOfRequest } from './importer-of-request';

@CommandHandler(PlanImportCommand)
export class PlanImportHandler implements ICommandHandler<PlanImportCommand> {
  constructor(
    private readonly planner: Planner,
    private readonly plans: ImportStore,
    private readonly scrubber: Scrubber,
  ) {}

  async execute({ content }: PlanImportCommand): Promise<ImportPlan> {
    const { format, found } = readContent(content);
    const planned = await this.planner.plan(found);
    const secrets = planned.map(({ secrets }) => secrets);
    this.learn(secrets);
    const importer = importerOfRequest();
    const plan = { id: newId(), format, items: planned.map(({ item }) => item) };
    await this.plans.insert(importer, plan, secrets);
    return this.plans.get(importer, plan.id);
  }

  /** Whatever is logged from now on, they are not in it. */
  private learn(secrets: readonly ItemSecrets[]): void {
    for (const { environment, headers } of secrets)
      for (const [name, value] of [...Object.entries(environment), ...Object.entries(headers)])
        this.scrubber.learn(value, `import:${name}`);
  }
}
