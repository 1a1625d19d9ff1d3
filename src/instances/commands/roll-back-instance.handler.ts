import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Database } from '@app/database';
import { scopeOfRequest } from '@app/telemetry';
import { InstanceScopes } from '../access/instance-scopes';
import { DefinitionReader, runDry } from '../../catalog';
import { type Instance, type InstanceChange } from '../domain/instance';
import { GenerationUnknownError } from '../domain/instance.errors';
import { specAsJson } from '../domain/instance.events';
import { InstanceRepository } from '../domain/instance.repository';
import { type Generation, InstanceGenerations } from '../queries/instance-generations';
import { type AcceptedChange, RollBackInstanceCommand } from './instance.commands';
import { InstanceHoldings } from './instance-holdings';
import { SpecPreparation } from './spec-preparation';

/** What was wanted before is wanted again, as a new generation: nothing of the history is taken back. */
@CommandHandler(RollBackInstanceCommand)
export class RollBackInstanceHandler implements ICommandHandler<RollBackInstanceCommand> {
  // eslint-disable-next-line max-params -- A constructor that is called by the container; each part is one word here.
  constructor(
    private readonly db: Database,
    private readonly instances: InstanceRepository,
    private readonly generations: InstanceGenerations,
    private readonly definitions: DefinitionReader,
    private readonly preparation: SpecPreparation,
    private readonly scopes: InstanceScopes,
    private readonly holdings: InstanceHoldings,
  ) {}

  execute(command: RollBackInstanceCommand): Promise<AcceptedChange> {
    const { idOrName, generation, expectedVersions, isDryRun } = command;
    const scope = this.scopes.ofRequest('instances:update');
    return runDry(this.db, isDryRun, async () => {
      const instance = await this.instances.lock(scope, idOrName, expectedVersions);
      const former = await this.generations.find(scope.workspaceId, instance.id, generation);
      if (former === undefined) throw new GenerationUnknownError(generation);
      instance.change(await this.changeTo(former, instance, command), new Date());
      const saved = await this.instances.update(instance, 'update');
      await this.holdings.follow(instance.snapshot());
      return { state: instance.snapshot(), ...saved };
    });
  }

  /** Judged by today's rules: limits, the outbound policy and stored secrets may have changed since. */
  private async changeTo(
    { spec, replicas }: Pick<Generation, 'spec' | 'replicas'>,
    instance: Instance,
    { caller }: RollBackInstanceCommand,
  ): Promise<InstanceChange> {
    const { id, spec: before, serverSpecId } = instance.snapshot();
    const contract =
      serverSpecId === null ? undefined : await this.definitions.byId(scopeOfRequest(), serverSpecId);
    const draft = { instanceId: id, base: specAsJson(spec), wanted: {}, environment: {} };
    const prepared = this.preparation.prepare(
      { ...draft, ...(contract === undefined ? {} : { contract }) },
      caller,
    );
    this.preparation.assertReplicas(replicas, prepared.spec);
    await this.preparation.assertReferences(prepared, id, caller, before);
    return { spec: prepared.spec, undeclaredEnvironment: prepared.undeclared, replicas };
  }
}
