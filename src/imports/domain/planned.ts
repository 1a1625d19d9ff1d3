import { type EnvironmentVariable } from '@app/contracts';
import { type JsonObject } from '@app/kernel';

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
  /** Of a server.json: the whole of it; null where there was none. */
  readonly origin: JsonObject | null;
}

/** The instance that would be made of it; values of secrets are kept apart, and sealed. */
export interface PlannedInstance {
  readonly name: string;
  /** Of a bundled server: the template it is made from. */
  readonly template?: string;
  /** The definition that it is linked to, if there is one of that name when it is made; absent: the item's own. */
  readonly definition?: string;
  readonly replicas?: number;
  readonly description?: string;
  readonly labels?: JsonObject;
  readonly jsonSpec: JsonObject;
  readonly environment: Readonly<Record<string, string>>;
}
