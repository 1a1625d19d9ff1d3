import { Injectable } from '@nestjs/common';
import { DomainError, isSameJson, type JsonValue } from '@app/kernel';
import { scopeOfRequest } from '@app/telemetry';
import { DefinitionReader, type DefinitionState } from '../../catalog';
import { InstanceQueries, InstanceScopes } from '../../instances';
import { type PlannedDefinition } from '../domain/import-plan';

/** As many names are tried as servers of one kind are ever kept under the same name. */
const NAMES_TRIED = 9;

export interface Place {
  readonly name: string;
  /** Of the caller's workspace, under that name. */
  readonly existing?: DefinitionState;
}

/** What stands already, as far as a plan has to know. */
@Injectable()
export class CatalogueState {
  constructor(
    private readonly definitions: DefinitionReader,
    private readonly instances: InstanceQueries,
    private readonly scopes: InstanceScopes,
  ) {}

  /** The first name that is free or the workspace's own: a built-in definition is nobody's to change by an import. */
  async placeFor(wanted: string, taken: ReadonlySet<string>): Promise<Place> {
    for (let number = 1; number <= NAMES_TRIED; number += 1) {
      const name = number === 1 ? wanted : `${wanted}-${number}`;
      if (taken.has(name)) continue;
      const found = await this.definitions.byName(scopeOfRequest(), name);
      if (found === undefined) return { name };
      const existing = found.snapshot();
      if (!existing.builtIn) return { name, existing };
    }
    return { name: wanted };
  }

  /** Also when the caller must not see whose it is. */
  async hasInstance(name: string): Promise<boolean> {
    try {
      const found = await this.instances.find(this.scopes.ofRequest('instances:read'), name);
      return found?.name === name;
    } catch (error) {
      if (error instanceof DomainError) return true;
      throw error;
    }
  }
}

export const isSameDefinition = (stored: DefinitionState, planned: PlannedDefinition): boolean =>
  isSameJson(essenceOf(stored), essenceOf(planned));

const essenceOf = (d: PlannedDefinition | DefinitionState): JsonValue => {
  const { name, description, dockerImageUrl, version, tags, status, envSchema, defaults, origin = null } = d;
  const essence = { name, description, dockerImageUrl, version, tags, status, envSchema, defaults, origin };
  return JSON.parse(JSON.stringify(essence)) as JsonValue;
};
