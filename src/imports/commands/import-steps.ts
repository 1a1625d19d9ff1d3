import { Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { type JsonObject } from '@app/kernel';
import { principalOfRequest, scopeOfRequest } from '@app/telemetry';
import { DefinitionReader, RegisterServerCommand, UpdateServerCommand } from '../../catalog';
import { may, PermissionDeniedError } from '../../identity';
import { callerOfRequest, CreateInstanceCommand } from '../../instances';
import {
  type ItemSecrets,
  type MadeItem,
  type PlannedDefinition,
  type PlannedInstance,
} from '../domain/import-plan';

/** What is done for one item. A trial does the same and takes it back, so that a plan is never wrong about a rule. */
export interface ItemSteps {
  readonly name: string;
  readonly definition: PlannedDefinition | null;
  readonly definitionStep: 'create' | 'update' | 'keep';
  /** null: none is made. */
  readonly instance: PlannedInstance | null;
}

@Injectable()
export class ImportSteps {
  constructor(
    private readonly commands: CommandBus,
    private readonly definitions: DefinitionReader,
  ) {}

  /** Inside the caller's transaction. */
  async take(steps: ItemSteps, secrets: ItemSecrets): Promise<MadeItem> {
    const made = await this.define(steps);
    if (steps.instance === null) return made;
    const definition = await this.definitionOf(steps, made);
    const instanceId = await this.instantiate(steps.instance, definition, secrets);
    return { ...made, instanceId, instanceName: steps.instance.name };
  }

  /** A trial of one item may come before the definition is there that another item makes. */
  private async definitionOf({ name, instance }: ItemSteps, made: MadeItem): Promise<string | undefined> {
    if (made.definitionId !== undefined || instance?.definition === undefined)
      return made.definitionId ?? name;
    const found = await this.definitions.byIdOrName(scopeOfRequest(), instance.definition);
    return found?.id;
  }

  private async define({ name, definition, definitionStep }: ItemSteps): Promise<MadeItem> {
    if (definition === null || definitionStep === 'keep') return { name, action: 'create' };
    return definitionStep === 'create' ? this.register(definition) : this.update(definition);
  }

  private async register(definition: PlannedDefinition): Promise<MadeItem> {
    demand('servers:create');
    const { definition: stored } = await this.commands.execute(
      new RegisterServerCommand({ ...definition, isPublic: false }, undefined, false),
    );
    const { id, rowVersion } = stored;
    return { name: definition.name, action: 'create', definitionId: id, rowVersion };
  }

  private async update(definition: PlannedDefinition): Promise<MadeItem> {
    demand('servers:update');
    const stored = (await this.definitions.byName(scopeOfRequest(), definition.name))?.snapshot();
    if (stored === undefined) return this.register(definition);
    const { id, rowVersion } = await this.commands.execute(
      new UpdateServerCommand(stored.id, () => definition, [stored.rowVersion], false),
    );
    const { name, description, dockerImageUrl, version, tags, status, envSchema, defaults } = stored;
    const { origin = null } = stored;
    const before = { name, description, dockerImageUrl, version, tags, status, envSchema, defaults, origin };
    return { name: definition.name, action: 'update', definitionId: id, rowVersion, before };
  }

  private async instantiate(
    instance: PlannedInstance,
    definition: string | undefined,
    secrets: ItemSecrets,
  ): Promise<string> {
    demand('instances:create');
    const { name, template, jsonSpec, environment, replicas = 1, description = '', labels = {} } = instance;
    const lifted = Object.entries(secrets.headers).map(([key, value]) => ({ key, value }));
    const kept = (jsonSpec['headers'] ?? []) as readonly JsonObject[];
    const spec: JsonObject = lifted.length === 0 ? jsonSpec : { ...jsonSpec, headers: [...kept, ...lifted] };
    const draft = {
      ...{ name, description, labels, agentId: null, replicas, jsonSpec: spec },
      ...(template === undefined ? {} : { template }),
      ...(template !== undefined || definition === undefined ? {} : { serverSpecId: definition }),
      environment: { ...environment, ...secrets.environment },
    };
    const { state } = await this.commands.execute(new CreateInstanceCommand(draft, callerOfRequest(), false));
    return state.id;
  }
}

/** An import gives nobody what its single steps would not. */
export function demand(
  permission: 'servers:create' | 'servers:update' | 'instances:create' | 'instances:delete',
): void {
  if (!may(principalOfRequest(), permission)) throw new PermissionDeniedError(permission);
}
