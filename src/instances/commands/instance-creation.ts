import { Injectable } from '@nestjs/common';
import { type InstanceSpec } from '@app/contracts';
import { type JsonObject } from '@app/kernel';
import { idOfRequest, scopeOfRequest } from '@app/telemetry';
import { InstanceScopes } from '../access/instance-scopes';
import { DefinitionReader, type ServerDefinition } from '../../catalog';
import { SecretVault } from '../../secrets';
import { type Caller } from '../domain/caller';
import { Instance, type NewInstance } from '../domain/instance';
import { TemplateUnknownError } from '../domain/instance.errors';
import { InstanceRepository } from '../domain/instance.repository';
import { type InstanceDraft } from '../domain/instance-draft';
import { faultsOfLabels, judgedLabels } from '../domain/labels';
import { type PreparedSpec } from '../spec/prepare-spec';
import { type AcceptedChange } from './instance.commands';
import { InstanceHoldings } from './instance-holdings';
import { SpecPreparation } from './spec-preparation';

/** A draft that passed every rule that needs no transaction. */
export interface JudgedDraft {
  readonly wanted: NewInstance;
  readonly prepared: PreparedSpec;
}

/** The two halves of a creation: judging before the transaction, storing inside of it. */
@Injectable()
export class InstanceCreation {
  // eslint-disable-next-line max-params -- A constructor that is called by the container; each part is one word here.
  constructor(
    private readonly definitions: DefinitionReader,
    private readonly preparation: SpecPreparation,
    private readonly instances: InstanceRepository,
    private readonly vault: SecretVault,
    private readonly scopes: InstanceScopes,
    private readonly holdings: InstanceHoldings,
  ) {}

  async judge(draft: InstanceDraft, caller: Caller): Promise<JudgedDraft> {
    return this.judgeWith(draft, await this.definitionOf(draft), caller);
  }

  judgeWith(draft: InstanceDraft, definition: ServerDefinition | undefined, caller: Caller): JudgedDraft {
    // By its name, too: one bulk request makes many.
    const id = idOfRequest('instances', draft.name);
    const { jsonSpec: wanted, environment, pointers, labels = {} } = draft;
    const base: JsonObject = definition?.baseSpec() ?? {};
    const more = {
      ...(definition === undefined ? {} : { contract: definition }),
      ...(pointers === undefined ? {} : { pointers }),
    };
    const spec = { instanceId: id, base, wanted, environment, beside: faultsOfLabels(labels), ...more };
    const prepared = this.preparation.prepare(spec, caller);
    this.preparation.assertReplicas(draft.replicas, prepared.spec);
    return { prepared, wanted: toNew(id, draft, definition, prepared) };
  }

  async store(
    { wanted, prepared }: JudgedDraft,
    caller: Caller,
    counting: 'fast' | 'exact',
  ): Promise<AcceptedChange> {
    await this.preparation.assertReferences(prepared, wanted.id, caller);
    const instance = Instance.create(wanted, new Date());
    const { operationId } = await this.instances.insert(
      this.scopes.ofRequest('instances:create'),
      instance,
      counting,
    );
    await this.vault.putAll(wanted.id, prepared.secrets);
    // Last, since whoever comes to a limit waits for those who are counted before.
    await this.holdings.follow(instance.snapshot());
    return { state: instance.snapshot(), operationId };
  }

  /** What an earlier try of the same request has made, when only its answer was lost. */
  madeBefore({ wanted }: JudgedDraft): Promise<AcceptedChange | undefined> {
    return this.instances.findMade(this.scopes.ofRequest('instances:create'), wanted.id);
  }

  private async definitionOf({
    template,
    serverSpecId,
    pointers = (pointer) => pointer,
  }: InstanceDraft): Promise<ServerDefinition | undefined> {
    if (template !== undefined) {
      const found = await this.definitions.byIdOrName(scopeOfRequest(), template);
      if (found?.status !== 'published') throw new TemplateUnknownError(template, pointers('/template'));
      return found;
    }
    if (serverSpecId === undefined) return undefined;
    const found = await this.definitions.byIdOrName(scopeOfRequest(), serverSpecId);
    if (found === undefined || found.status === 'archived')
      throw new TemplateUnknownError(
        serverSpecId,
        pointers('/server_spec_id'),
        'No definition in use has this name or id.',
      );
    return found;
  }
}

const toNew = (
  id: string,
  { name, description, labels = {}, agentId, replicas }: InstanceDraft,
  definition: ServerDefinition | undefined,
  { spec, undeclared }: { spec: InstanceSpec; undeclared: readonly string[] },
): NewInstance => ({
  ...{ id, name, description, agentId, replicas, spec },
  labels: judgedLabels(labels),
  serverSpecId: definition?.id ?? null,
  undeclaredEnvironment: undeclared,
});
