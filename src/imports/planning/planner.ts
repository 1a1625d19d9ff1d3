import { Injectable } from '@nestjs/common';
import { Database } from '@app/database';
import { DomainError } from '@app/kernel';
import { runDry } from '../../catalog';
import { ImportSteps } from '../commands/import-steps';
import { type Found, isRefused } from '../domain/found-server';
import { type ItemSecrets, type PlanItem } from '../domain/import-plan';
import { CatalogueState, isSameDefinition, type Place } from './catalogue-state';
import { type DraftItem, draftOf, liftedNames } from './plan-item';

export interface PlannedItem {
  readonly item: PlanItem;
  readonly secrets: ItemSecrets;
}

const NO_SECRETS: ItemSecrets = { environment: {}, headers: {} };

/** Decides for each server that was found what would be made of it, and tries it. */
@Injectable()
export class Planner {
  constructor(
    private readonly db: Database,
    private readonly state: CatalogueState,
    private readonly steps: ImportSteps,
  ) {}

  async plan(found: readonly Found[]): Promise<readonly PlannedItem[]> {
    const planned: PlannedItem[] = [];
    const taken = new Set<string>();
    for (const each of found) {
      const item = await this.planOne(each, taken);
      taken.add(item.item.name);
      planned.push(item);
    }
    return planned;
  }

  private async planOne(found: Found, taken: ReadonlySet<string>): Promise<PlannedItem> {
    if (isRefused(found)) return refused(freeName(found.name, taken), found.refusal);
    const draft = draftOf(found);
    if (draft.refusal !== undefined) return refused(freeName(found.name, taken), draft.refusal);
    const item =
      draft.definition === null
        ? await this.ofTemplate(draft, taken)
        : await this.ofDefinition(draft, found.name, taken);
    return item.item.action === 'skip' ? item : this.tried(item);
  }

  /** Of a server that ships with us only an instance is made. */
  private async ofTemplate(
    { instance, warnings }: DraftItem,
    taken: ReadonlySet<string>,
  ): Promise<PlannedItem> {
    const name = freeName(instance?.name ?? '', taken);
    const isThere = await this.state.hasInstance(name);
    const reason = isThere
      ? `An instance named "${name}" is there already.`
      : instance?.template === undefined
        ? 'It is new.'
        : `It ships with this server as "${instance.template}"; only an instance is made.`;
    const made = isThere || instance === null ? null : { ...instance, name };
    const step = { definitionStep: 'keep', action: isThere ? 'skip' : 'create' } as const;
    return {
      item: { name, ...step, reason, definition: null, instance: made, secrets: [], warnings },
      secrets: NO_SECRETS,
    };
  }

  private async ofDefinition(
    draft: DraftItem,
    wanted: string,
    taken: ReadonlySet<string>,
  ): Promise<PlannedItem> {
    const place = await this.state.placeFor(wanted, taken);
    const { name } = place;
    const definition = draft.definition === null ? null : { ...draft.definition, name };
    const isThere = await this.state.hasInstance(name);
    const instance = draft.instance === null || isThere ? null : { ...draft.instance, name };
    const definitionStep = stepFor(place, definition);
    const action = definitionStep === 'keep' ? (instance === null ? 'skip' : 'create') : definitionStep;
    const secrets = instance === null ? NO_SECRETS : draft.secrets;
    return {
      secrets,
      item: {
        ...{ name, action, definitionStep, definition, instance, secrets: liftedNames(secrets) },
        reason: reasonFor(action, definitionStep, place, wanted),
        warnings: [
          ...draft.warnings,
          ...(isThere && action === 'create'
            ? [`An instance named "${name}" is there already; none is made.`]
            : []),
        ],
      },
    };
  }

  /** Everything a commit does, taken back at its end: limits, rules and rights are judged where they are in earnest. */
  private async tried({ item, secrets }: PlannedItem): Promise<PlannedItem> {
    try {
      await runDry(this.db, true, () => this.steps.take(item, secrets));
      return { item, secrets };
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      return refused(item.name, error.message, item.warnings);
    }
  }
}

function stepFor({ existing }: Place, definition: PlanItem['definition']): 'create' | 'update' | 'keep' {
  if (existing === undefined) return 'create';
  return definition !== null && isSameDefinition(existing, definition) ? 'keep' : 'update';
}

function reasonFor(
  action: PlanItem['action'],
  step: 'create' | 'update' | 'keep',
  { name }: Place,
  wanted: string,
): string {
  if (action === 'skip') return 'The catalogue has it already, unchanged.';
  if (step === 'keep') return 'The catalogue has it already; only an instance is made.';
  if (step === 'update') return 'The catalogue has another version of it; instances keep what they copied.';
  return name === wanted ? 'It is new.' : `It is new; the name "${wanted}" belongs to something else.`;
}

const refused = (name: string, reason: string, warnings: readonly string[] = []): PlannedItem => ({
  item: {
    ...{
      name,
      action: 'skip',
      definitionStep: 'keep',
      reason,
      definition: null,
      instance: null,
      secrets: [],
    },
    warnings,
    refused: true,
  },
  secrets: NO_SECRETS,
});

function freeName(wanted: string, taken: ReadonlySet<string>): string {
  for (let number = 2, name = wanted; ; number += 1) {
    if (!taken.has(name)) return name;
    name = `${wanted}-${number}`;
  }
}
