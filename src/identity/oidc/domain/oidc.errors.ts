import { DomainError } from '@app/kernel';

/** Also for an issuer that exists and lets nobody sign in. */
export class SignInIssuerUnknownError extends DomainError {
  readonly code = 'oidc_issuer_unknown';
  readonly kind = 'not_found';
  readonly title = 'Nobody signs in there';
  override readonly hint = 'GET /api/v1/auth/oidc lists the issuers that people sign in at.';

  constructor(name: string) {
    super(`There is no sign-in at an issuer named "${name}".`);
  }
}

/** Not begun here, not in this browser, too long ago, or used: the difference would help only whoever replays it. */
export class SignInStateError extends DomainError {
  readonly code = 'oidc_state_invalid';
  readonly kind = 'malformed';
  readonly title = 'This sign-in cannot be continued';
  override readonly hint = 'Begin again, and finish in the same browser within ten minutes.';

  constructor() {
    super('The sign-in was not begun in this browser, is too old, or was finished before.');
  }
}

/** The issuer itself said no, in its own words. */
export class SignInDeniedError extends DomainError {
  readonly code = 'oidc_denied';
  readonly kind = 'forbidden';
  readonly title = 'The issuer refused the sign-in';
  override readonly hint = 'Begin again, and agree to what the issuer asks.';

  constructor(reason: string) {
    super(`The issuer answered "${reason}".`);
  }
}

/** What came back is not what this issuer would say to us now. */
export class SignInAnswerError extends DomainError {
  readonly code = 'oidc_answer_invalid';
  readonly kind = 'forbidden';
  readonly title = 'The answer of the issuer cannot be believed';
  override readonly hint =
    'Begin again. If it goes on, an administrator should compare issuer, client id and algorithms.';

  constructor(name: string, options: ErrorOptions = {}) {
    super(`What came back from "${name}" did not pass every check.`, options);
  }
}

export class SignInIssuerUnsuitableError extends DomainError {
  readonly code = 'oidc_issuer_unsuitable';
  readonly kind = 'upstream';
  readonly title = 'The issuer does not do what a safe sign-in needs';
  override readonly hint =
    'An administrator must correct the issuer’s address, or the issuer must support PKCE with S256.';

  constructor(name: string, what: string, options: ErrorOptions = {}) {
    super(`"${name}": ${what}.`, options);
  }
}

export class SignInIssuerUnavailableError extends DomainError {
  readonly code = 'oidc_issuer_unavailable';
  readonly kind = 'unavailable';
  readonly title = 'The issuer does not answer';
  override readonly hint = 'Try again later; the log of the server says why the issuer could not be asked.';

  constructor(name: string, options: ErrorOptions = {}) {
    super(`"${name}" could not be asked.`, { ...options, retryAfterS: 5 });
  }
}

/** Known there, and nothing here. */
export class SignInWithoutRoleError extends DomainError {
  readonly code = 'oidc_no_role';
  readonly kind = 'forbidden';
  readonly title = 'You have no role here';
  override readonly hint = 'An administrator gives roles at the issuer, or maps them in its row here.';

  constructor(name: string) {
    super(`What "${name}" says of you maps to no role or to no workspace.`);
  }
}
