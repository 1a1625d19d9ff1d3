import { DomainError, type FieldProblem } from '@app/kernel';
import { type ResourceType } from '../domain/grant';

export class GrantInvalidError extends DomainError {
  readonly code = 'grant_invalid';
  readonly kind = 'invalid';
  readonly title = 'The grants cannot be like this';
  override readonly hint = 'Correct what errors names; GET /api/v1/roles lists roles and permissions.';

  constructor(errors: readonly FieldProblem[]) {
    super(errors.map(({ pointer, detail }) => `${pointer} ${detail}.`)[0] ?? 'A grant is not valid.', {
      errors,
    });
  }
}

export class GrantSubjectUnknownError extends DomainError {
  readonly code = 'grant_subject_unknown';
  readonly kind = 'invalid';
  readonly title = 'A grant is for nobody';
  override readonly hint =
    'Name a role, or the id of a user or a key of this workspace: GET /api/v1/roles, /users, /api-keys.';

  constructor(errors: readonly FieldProblem[]) {
    super(errors[0]?.detail ?? 'The subject of a grant is not known.', { errors });
  }
}

export class GrantTargetUnknownError extends DomainError {
  readonly code = 'grant_target_unknown';
  readonly kind = 'not_found';
  readonly title = 'There is nothing that the grants could be about';
  override readonly hint =
    'Name an instance, an endpoint or a pipeline of your workspace by its id or its name.';

  constructor(type: ResourceType, idOrName: string) {
    super(`There is no ${type.slice(0, -1)} "${idOrName.slice(0, 63)}".`);
  }
}
