import { DomainError } from '@app/kernel';

export class WorkspaceUnknownError extends DomainError {
  readonly code = 'workspace_not_found';
  readonly kind = 'not_found';
  readonly title = 'There is no such workspace';
  override readonly hint = 'List the workspaces with GET /api/v1/workspaces.';

  constructor(idOrName: string) {
    super(`No workspace has the id or name "${idOrName.slice(0, 63)}".`);
  }
}

export class WorkspaceNameTakenError extends DomainError {
  readonly code = 'workspace_name_taken';
  readonly kind = 'conflict';
  readonly title = 'The name is in use';
  override readonly hint = 'Choose another name.';

  constructor(name: string) {
    super(`A workspace named "${name}" already exists.`);
  }
}

export class WorkspaceInUseError extends DomainError {
  readonly code = 'workspace_in_use';
  readonly kind = 'conflict';
  readonly title = 'The workspace still owns something';
  override readonly hint = 'Delete what it owns first; the first workspace stays.';

  constructor(name: string, owned: readonly string[]) {
    super(
      owned.length === 0
        ? `The workspace "${name}" is the one that every installation has.`
        : `The workspace "${name}" still has ${owned.join(', ')}.`,
    );
  }
}
