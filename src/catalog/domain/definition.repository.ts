import { type ServerDefinition } from './server-definition';

export abstract class DefinitionRepository {
  abstract insert(definition: ServerDefinition): Promise<void>;
  /** Loads with a row lock, refusing when `expectedVersions` does not hold the stored one. */
  abstract lock(idOrName: string, expectedVersions?: readonly number[]): Promise<ServerDefinition>;
  /** The same, and nobody can begin to refer to it until the transaction ends. */
  abstract lockForDeletion(idOrName: string, expectedVersions?: readonly number[]): Promise<ServerDefinition>;
  abstract update(definition: ServerDefinition): Promise<void>;
  abstract delete(definition: ServerDefinition): Promise<void>;
}
