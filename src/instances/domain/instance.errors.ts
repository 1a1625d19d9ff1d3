import { DomainError, type FieldProblem } from '@app/kernel';

export class InstanceNameTakenError extends DomainError {
  readonly code = 'instance_name_taken';
  readonly kind = 'conflict';
  readonly title = 'The name is in use';
  override readonly hint = 'Choose another name, or delete the instance that has it.';
  constructor(name: string) {
    super(`An instance named "${name}" already exists.`);
  }
}

export class InstanceNotFoundError extends DomainError {
  readonly code = 'instance_not_found';
  readonly kind = 'not_found';
  readonly title = 'There is no such instance';
  override readonly hint = 'List the instances with GET /api/v1/mcp/instances.';
  constructor(idOrName: string) {
    super(`No live instance has the id or name "${idOrName.slice(0, 63)}".`);
  }
}

export class GenerationUnknownError extends DomainError {
  readonly code = 'generation_unknown';
  readonly kind = 'not_found';
  readonly title = 'There is no such generation';
  override readonly hint = 'List the generations with GET /api/v1/mcp/instances/{id}/generations.';
  constructor(generation: number) {
    super(`Generation ${generation} is not of this instance, or was forgotten with the log of events.`);
  }
}

export class IllegalInstanceTransitionError extends DomainError {
  readonly code = 'instance_transition_illegal';
  readonly kind = 'conflict';
  readonly title = 'The instance cannot do that now';
  override readonly hint = 'Look at its desired_state, and wait for a running deletion to end.';
  constructor(name: string, desired: string, verb: string) {
    super(`Instance "${name}" is wanted ${desired}; it cannot be asked to ${verb}.`);
  }
}

export class InstanceQuotaExceededError extends DomainError {
  readonly code = 'instance_quota_exceeded';
  readonly kind = 'exhausted';
  readonly title = 'The limit of instances is reached';
  override readonly hint = 'Delete an instance, or raise the limit max_instances.';
  constructor(limit: number) {
    super(`This installation may have ${limit} instances, and has them.`, { retryAfterS: 60 });
  }
}

/** Faults of the request, each with its place. */
abstract class PointingError extends DomainError {
  constructor(errors: readonly FieldProblem[], message = firstOf(errors)) {
    super(message, { errors });
  }
  /** The same, said of other places. */
  abstract pointingAt(errors: readonly FieldProblem[]): PointingError;
}

export class InstanceSpecInvalidError extends PointingError {
  readonly code = 'instance_spec_invalid';
  readonly kind = 'invalid';
  readonly title = 'The instance is not valid';
  override readonly hint = 'Correct the fields that are listed under errors.';
  override pointingAt(errors: readonly FieldProblem[]): InstanceSpecInvalidError {
    return new InstanceSpecInvalidError(errors);
  }
}

/** Unknown fields are refused, because a misspelt limit that is ignored is worse than an error. */
export class InstanceSpecUnknownFieldError extends PointingError {
  readonly code = 'instance_spec_unknown_field';
  readonly kind = 'malformed';
  readonly title = 'The specification has a field that is not known';
  override readonly hint = 'Remove the field, or correct its spelling.';
  override pointingAt(errors: readonly FieldProblem[]): InstanceSpecUnknownFieldError {
    return new InstanceSpecUnknownFieldError(errors);
  }
}

export class InstanceEnvironmentMissingError extends PointingError {
  readonly code = 'instance_env_missing';
  readonly kind = 'invalid';
  readonly title = 'A required variable has no value';
  override readonly hint = 'Give the variable a value under environment, or refer to a stored secret.';
  constructor(
    private readonly names: readonly string[],
    private readonly template: string,
    errors: readonly FieldProblem[],
  ) {
    super(errors, `${names.join(', ')} is required by template ${template} and has no value.`);
  }
  override pointingAt(errors: readonly FieldProblem[]): InstanceEnvironmentMissingError {
    return new InstanceEnvironmentMissingError(this.names, this.template, errors);
  }
}

export class TemplateUnknownError extends DomainError {
  readonly code = 'template_unknown';
  readonly kind = 'invalid';
  readonly title = 'There is no such template';
  override readonly hint = 'List the templates with GET /api/v1/mcp/templates.';
  constructor(
    idOrName: string,
    pointer: string,
    detail = 'No published server definition has this name or id.',
  ) {
    super(`Template "${idOrName.slice(0, 63)}" cannot be used.`, {
      errors: [{ pointer, code: 'unknown', detail }],
    });
  }
}

export class SecretReferenceUnknownError extends PointingError {
  readonly code = 'secret_ref_unknown';
  readonly kind = 'invalid';
  readonly title = 'A secret reference leads nowhere';
  override readonly hint = 'Store the secret first with PUT /api/v1/secrets/{scope}/{name}.';
  override pointingAt(errors: readonly FieldProblem[]): SecretReferenceUnknownError {
    return new SecretReferenceUnknownError(errors);
  }
}

export class SecretUseForbiddenError extends PointingError {
  readonly code = 'secret_use_forbidden';
  readonly kind = 'forbidden';
  readonly title = 'The caller may not use this secret';
  override readonly hint = 'Ask for secrets:use; variables of the process are for administrators.';
  override pointingAt(errors: readonly FieldProblem[]): SecretUseForbiddenError {
    return new SecretUseForbiddenError(errors);
  }
}

export class OperationNotFoundError extends DomainError {
  readonly code = 'operation_not_found';
  readonly kind = 'not_found';
  readonly title = 'There is no such operation';
  override readonly hint = 'Operations are kept for 7 days; read the resource itself.';
  constructor() {
    super('No operation has this id.');
  }
}

export class BulkItemForbiddenError extends DomainError {
  readonly code = 'bulk_item_forbidden';
  readonly kind = 'forbidden';
  readonly title = 'The caller may not do this';
  override readonly hint = 'Ask an administrator for the permission that the detail names.';
  constructor(permission: string) {
    super(`This item needs the permission ${permission}.`);
  }
}

export class LogFollowersExceededError extends DomainError {
  readonly code = 'log_followers_exceeded';
  readonly kind = 'exhausted';
  readonly title = 'Too many logs are being followed';
  override readonly hint = 'Close another follower, or read the log without follow.';
  constructor(limit: number) {
    super(`At most ${limit} logs are followed at once.`, { retryAfterS: 10 });
  }
}

/** The same error with its faults at other places; errors that point nowhere stay as they are. */
export function inWordsOf(words: (pointer: string) => string, error: unknown): unknown {
  if (!(error instanceof PointingError)) return error;
  return error.pointingAt((error.errors ?? []).map((fault) => ({ ...fault, pointer: words(fault.pointer) })));
}

const firstOf = (errors: readonly FieldProblem[]): string =>
  errors[0] === undefined ? 'The request is not valid.' : `${errors[0].pointer}: ${errors[0].detail}`;
