import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Database } from '@app/database';
import { type FieldProblem } from '@app/kernel';
import { scopeOfRequest } from '@app/telemetry';
import { InstanceScopes } from '../access/instance-scopes';
import { DefinitionReader, runDry } from '../../catalog';
import { SecretVault } from '../../secrets';
import { type Instance, type InstanceChange } from '../domain/instance';
import { InstanceSpecInvalidError } from '../domain/instance.errors';
import { specAsJson } from '../domain/instance.events';
import { InstanceRepository } from '../domain/instance.repository';
import { faultsOfLabels, judgedLabels, labelsAfter } from '../domain/labels';
import { type AcceptedChange, UpdateInstanceCommand } from './instance.commands';
import { InstanceHoldings } from './instance-holdings';
import { SpecPreparation } from './spec-preparation';

@CommandHandler(UpdateInstanceCommand)
export class UpdateInstanceHandler implements ICommandHandler<UpdateInstanceCommand> {
  // eslint-disable-next-line max-params -- A constructor that is called by the container; each part is one word here.
  constructor(
    private readonly db: Database,
    private readonly instances: InstanceRepository,
    private readonly definitions: DefinitionReader,
    private readonly preparation: SpecPreparation,
    private readonly vault: SecretVault,
    private readonly scopes: InstanceScopes,
    private readonly holdings: InstanceHoldings,
  ) {}

  execute(command: UpdateInstanceCommand): Promise<AcceptedChange> {
    const scope = this.scopes.ofRequest('instances:update');
    return runDry(this.db, command.isDryRun, async () => {
      const instance = await this.instances.lock(scope, command.idOrName, command.expectedVersions);
      const { name, description, replicas } = command.patch;
      const labels = labelsAfter(instance.snapshot().labels, command.patch.labels);
      const faults = faultsOfLabels(labels);
      const specChange = await this.specChange(instance, command, faults);
      if (faults.length > 0) throw new InstanceSpecInvalidError(faults);
      const words = {
        ...(name === undefined ? {} : { name }),
        ...(description === undefined ? {} : { description }),
        ...(replicas === undefined ? {} : { replicas }),
        labels: judgedLabels(labels),
      };
      instance.change({ ...words, ...specChange }, new Date());
      const { replicas: wanted, spec } = instance.snapshot();
      this.preparation.assertReplicas(wanted, spec);
      const saved = await this.instances.update(instance, 'update');
      await this.holdings.follow(instance.snapshot());
      return { state: instance.snapshot(), ...saved };
    });
  }

  /** The specification is judged as a whole again, whatever part of it was sent. */
  private async specChange(
    instance: Instance,
    { patch, caller }: UpdateInstanceCommand,
    beside: readonly FieldProblem[],
  ): Promise<InstanceChange> {
    if (patch.jsonSpec === undefined && patch.environment === undefined) return {};
    const { id, spec: before, serverSpecId } = instance.snapshot();
    const definition =
      serverSpecId === null ? undefined : await this.definitions.byId(scopeOfRequest(), serverSpecId);
    const prepared = this.preparation.prepare(
      {
        instanceId: id,
        base: specAsJson(before),
        wanted: patch.jsonSpec ?? {},
        environment: patch.environment ?? {},
        beside,
        ...(definition === undefined ? {} : { contract: definition }),
        ...(patch.pointers === undefined ? {} : { pointers: patch.pointers }),
      },
      caller,
    );
    await this.preparation.assertReferences(prepared, id, caller, before);
    await this.vault.putAll(id, prepared.secrets);
    return {
      spec: prepared.spec,
      undeclaredEnvironment: prepared.undeclared,
      secretsChanged: prepared.secrets.size > 0,
    };
  }
}
