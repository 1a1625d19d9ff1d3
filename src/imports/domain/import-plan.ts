import { type EnvironmentVariable } from '@app/contracts';
import { type JsonObject } from '@app/kernel';
import { type ImportFormat } from './found-server';

export const IMPORT_ACTIONS = ['create', 'update', 'skip'] as const;
export type ImportAction = (typeof IMPORT_ACTIONS)[number];

export const IMPORT_STATUSES = ['planned', 'committed', 'undoing', 'undone'] as const;
export type ImportStatus = (typeof IMPORT_STATUSES)[number];

/** What the catalogue would hold of an item. */
export interface PlannedDefinition {
  readonly name: string;
  readonly description: string;
  readonly dockerImageUrl: string;
  readonly version: string;
  readonly tags: readonly string[];
  readonly status: 'published' | 'draft';
  readonly envSchema: readonly EnvironmentVariable[];
  readonly defaults: JsonObject;
}

/** The instance that would be made of it; values of secrets are kept apart, and sealed. */
export interface PlannedInstance {
  readonly name: string;
  /** Of a bundled server: the template it is made from. */
  readonly template?: string;
  readonly jsonSpec: JsonObject;
  readonly environment: Readonly<Record<string, string>>;
}

export interface PlanItem {
  readonly name: string;
  readonly action: ImportAction;
  /** What becomes of the definition; an instance may be made all the same. */
  readonly definitionStep: 'create' | 'update' | 'keep';
  /** It is not taken over, and committing does not change that. */
  readonly refused?: boolean;
  readonly reason: string;
  readonly definition: PlannedDefinition | null;
  readonly instance: PlannedInstance | null;
  /** Names of values that go to the secret store. */
  readonly secrets: readonly string[];
  readonly warnings: readonly string[];
}

/** Values that must be nowhere in clear: of variables and of headers, by their name. */
export interface ItemSecrets {
  readonly environment: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
}

/** What a commit made of one item, exactly enough to take it back. */
export interface MadeItem {
  readonly name: string;
  readonly action: 'create' | 'update';
  readonly definitionId?: string;
  /** Of an update: what stood there before, and the version after it. */
  readonly before?: Omit<PlannedDefinition, 'status'> & { readonly status: string };
  readonly rowVersion?: number;
  readonly instanceId?: string;
  readonly instanceName?: string;
}

export interface ItemFailure {
  readonly code: string;
  readonly detail: string;
}

export const ITEM_STATUSES = [
  ...(['created', 'updated', 'skipped', 'left_out', 'failed'] as const),
  ...(['undone', 'going', 'kept'] as const),
] as const;

export interface ItemResult {
  readonly name: string;
  readonly status: (typeof ITEM_STATUSES)[number];
  readonly failure?: ItemFailure;
}

export interface ImportPlan {
  readonly id: string;
  readonly workspaceId: string;
  readonly createdBy: string;
  readonly format: ImportFormat;
  readonly status: ImportStatus;
  readonly items: readonly PlanItem[];
  readonly made: readonly MadeItem[];
  readonly results: readonly ItemResult[];
  readonly createdAt: Date;
  readonly expiresAt: Date | null;
}
