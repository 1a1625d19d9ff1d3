import { DomainError, type FieldProblem } from '@app/kernel';
import { ProviderFault } from './provider-fault';

export class SecretUnreadableError extends DomainError {
  readonly code = 'secret_unreadable';
  readonly kind = 'unavailable';
  readonly title = 'A secret cannot be read';
  override readonly hint = 'Store the secret again, or bring its provider back.';
  constructor(name: string, provider: string, cause?: unknown) {
    const why = cause instanceof ProviderFault ? `: ${cause.words}` : '';
    super(`cannot read secret ${name} from ${provider}${why}`, { cause, retryAfterS: 5 });
  }
}

export class SecretInUseError extends DomainError {
  readonly code = 'secret_in_use';
  readonly kind = 'conflict';
  readonly title = 'The secret is in use';
  override readonly hint = 'Change or delete the instances that refer to it first.';
  constructor(scope: string, name: string, users: readonly string[]) {
    super(`The secret ${scope}:${name} is used by ${users.join(', ')}.`);
  }
}

export class SecretNotFoundError extends DomainError {
  readonly code = 'secret_not_found';
  readonly kind = 'not_found';
  readonly title = 'There is no such secret';
  override readonly hint = 'List the secrets with GET /api/v1/secrets.';
  constructor(scope: string, name: string) {
    super(`No secret is stored as ${scope}:${name}.`);
  }
}

export class SecretAddressInvalidError extends DomainError {
  readonly code = 'secret_address_invalid';
  readonly kind = 'invalid';
  readonly title = 'The scope or the name of the secret is not valid';
  override readonly hint =
    'Use a scope of letters, digits, ".", "_", "-" and an upper-case NAME; "env" is reserved.';
  constructor(errors: readonly FieldProblem[]) {
    super('The secret cannot be stored under this scope and name.', { errors });
  }
}

export class SecretKeptElsewhereError extends DomainError {
  readonly code = 'secret_kept_elsewhere';
  readonly kind = 'conflict';
  readonly title = 'The secrets of this scope are kept by a provider';
  override readonly hint = 'Store it there; it is read from there at the next start.';
  constructor(scope: string) {
    super(`Secrets of the scope ${scope} are kept by the provider that SECRET_PROVIDER names.`);
  }
}
