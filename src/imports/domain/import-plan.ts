import { type ImportFormat } from './found-server';
import { type PlannedDefinition, type PlannedInstance } from './planned';

export { type PlannedDefinition, type PlannedInstance } from './planned';

export const IMPORT_ACTIONS = ['create', 'update', 'skip'] as const;
export type ImportAction = (typeof IMPORT_ACTIONS)[number];

export const IMPORT_STATUSES = ['planned', 'committed', 'undoing', 'undone'] as const;
export type ImportStatus = (typeof IMPORT_STATUSES)[number];

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
