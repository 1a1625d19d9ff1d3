import { DomainError, type FieldProblem } from '@app/kernel';

export class IssuerUnknownError extends DomainError {
  readonly code = 'issuer_unknown';
  readonly kind = 'not_found';
  readonly title = 'There is no such issuer';
  override readonly hint = 'List the trusted issuers with GET /api/v1/issuers.';

  constructor(what: string) {
    super(`No trusted issuer is "${what}".`);
  }
}

export class IssuerNameTakenError extends DomainError {
  readonly code = 'issuer_name_taken';
  readonly kind = 'conflict';
  readonly title = 'The name is in use';
  override readonly hint = 'Choose another name, or change the issuer that has it.';

  constructor(name: string) {
    super(`A trusted issuer named "${name}" already exists.`);
  }
}

export class IssuerInvalidError extends DomainError {
  readonly code = 'issuer_invalid';
  readonly kind = 'invalid';
  readonly title = 'The issuer cannot be trusted as described';
  override readonly hint = 'Correct the members that `errors` names.';

  constructor(errors: readonly FieldProblem[]) {
    super(`The description of the issuer has ${errors.length} fault(s).`, { errors });
  }
}

/** It comes from the settings of the process, which no request may change. */
export class IssuerBuiltInError extends DomainError {
  readonly code = 'issuer_built_in';
  readonly kind = 'conflict';
  readonly title = 'The issuer comes from the settings';
  override readonly hint = 'Change JWT_SECRET, JWT_JWKS_URL or FLASK_API_URL, and start again.';

  constructor(name: string) {
    super(`"${name}" is defined by the settings of the process.`);
  }
}

/** Closed, not open: without its keys nobody can say whether a token holds. */
export class IssuerUnavailableError extends DomainError {
  readonly code = 'issuer_unavailable';
  readonly kind = 'unavailable';
  readonly title = 'Tokens of this issuer cannot be checked now';
  override readonly hint = 'Try again later; the log of the server says why the issuer could not be asked.';

  constructor(name: string, options: ErrorOptions = {}) {
    super(`The issuer "${name}" does not answer, and what is known of it is too old.`, {
      ...options,
      retryAfterS: 5,
    });
  }
}
