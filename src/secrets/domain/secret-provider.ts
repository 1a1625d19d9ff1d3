import { type SecretReference } from '@app/contracts';

export interface SecretValue {
  readonly value: string;
  readonly version: number;
}

export interface ProviderHealth {
  readonly ok: boolean;
  /** One sentence; never an address with a credential in it. */
  readonly detail: string;
}

/** Values under the references' own texts. */
export type References = ReadonlyMap<string, SecretReference>;

/** One place where values lie. */
export abstract class SecretProvider {
  /** As it appears in `cannot read secret NAME from <provider>`. */
  abstract readonly name: string;

  /**
   * One entry for each reference that could be read; the others lead nowhere and are left out. Throws when that cannot be
   * known: an outage is never an absence. What is empty counts as absent.
   */
  abstract getMany(references: References, workspaceId: string): Promise<Map<string, SecretValue>>;

  abstract health(): Promise<ProviderHealth>;

  async get(reference: SecretReference, workspaceId: string): Promise<SecretValue | undefined> {
    return (await this.getMany(new Map([['', reference]]), workspaceId)).get('');
  }

  /** The texts of the references that lead nowhere, asked when a reference is about to be stored. */
  async missing(references: References, workspaceId: string): Promise<Set<string>> {
    const found = await this.getMany(references, workspaceId);
    return new Set([...references.keys()].filter((text) => !found.has(text)));
  }

  /** Names of the secrets of a scope, where the provider tells. */
  list?(scope: string, workspaceId: string): Promise<readonly string[]>;

  /** Where values can be stored through us. */
  put?(
    scope: string,
    name: string,
    value: string,
    workspaceId: string,
  ): Promise<{ readonly version: number }>;

  /** Connections and timers end. */
  close?(): Promise<void>;
}
