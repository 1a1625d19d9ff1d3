import { type SecretReference } from '@app/contracts';

export interface SecretValue {
  readonly value: string;
  readonly version: number;
}

/** One place where values lie. The own store and the process's environment are the first two of them. */
export abstract class SecretProvider {
  /** As it appears in `cannot read secret NAME from <provider>`. */
  abstract readonly name: string;
  abstract serves(scope: string): boolean;
  /** One entry for each reference that could be read, under the reference's text; the others are left out. */
  abstract read(references: ReadonlyMap<string, SecretReference>): Promise<Map<string, SecretValue>>;
  /** The texts of the references that lead nowhere, asked when a reference is about to be stored. */
  abstract missing(references: ReadonlyMap<string, SecretReference>): Promise<Set<string>>;
}
