import { DomainError, type FieldProblem } from '@app/kernel';

export class DefinitionInvalidError extends DomainError {
  readonly code = 'server_invalid';
  readonly kind = 'invalid';
  readonly title = 'The server definition is not valid';
  override readonly hint = 'Correct the fields that are listed under errors.';
  constructor(errors: readonly FieldProblem[]) {
    super(errors.map(({ pointer, detail }) => `${pointer}: ${detail}`)[0] ?? 'The definition is not valid.', {
      errors,
    });
  }
}

export class DefinitionNameTakenError extends DomainError {
  readonly code = 'server_name_taken';
  readonly kind = 'conflict';
  readonly title = 'The name is in use';
  override readonly hint = 'Choose another name, or change the definition that has it.';
  constructor(name: string) {
    super(`A server definition named "${name}" already exists.`);
  }
}

export class DefinitionNotFoundError extends DomainError {
  readonly code = 'server_not_found';
  readonly kind = 'not_found';
  readonly title = 'There is no such server definition';
  override readonly hint = 'List the definitions with GET /api/v1/mcp/servers.';
  constructor(idOrName: string) {
    super(`No server definition has the id or name "${idOrName.slice(0, 63)}".`);
  }
}

/** Built-in definitions are seen in every workspace and belong to the first one. */
export class DefinitionSharedError extends DomainError {
  readonly code = 'server_shared';
  readonly kind = 'forbidden';
  readonly title = 'The server definition is shared by all workspaces';
  override readonly hint = 'Register a definition of your own; one of the same name is found first.';
  constructor(name: string) {
    super(`The definition "${name}" is built in, and changed in the first workspace only.`);
  }
}

export class DefinitionInUseError extends DomainError {
  readonly code = 'server_in_use';
  readonly kind = 'conflict';
  readonly title = 'Instances use the server definition';
  override readonly hint = 'Delete the instances first, or archive the definition.';
  constructor(name: string, users: number) {
    super(`${users} live ${users === 1 ? 'instance uses' : 'instances use'} the definition "${name}".`);
  }
}
