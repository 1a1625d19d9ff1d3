import { type Scope } from '@app/kernel';
import { type ServerDefinition } from './server-definition';

/** What is loaded and stored belongs to the workspace of the scope; of another one's nothing is ever found. */
export abstract class DefinitionRepository {
  abstract insert(scope: Scope, definition: ServerDefinition): Promise<void>;
  /** Loads with a row lock, refusing when `expectedVersions` does not hold the stored one. */
  abstract lock(
    scope: Scope,
    idOrName: string,
    expectedVersions?: readonly number[],
  ): Promise<ServerDefinition>;
  /** The same, and nobody can begin to refer to it until the transaction ends. */
  abstract lockForDeletion(
    scope: Scope,
    idOrName: string,
    expectedVersions?: readonly number[],
  ): Promise<ServerDefinition>;
  abstract update(definition: ServerDefinition): Promise<void>;
  abstract delete(definition: ServerDefinition): Promise<void>;
}
