import { DomainError } from '@app/kernel';

/** The same for an unknown user, a wrong password, a disabled user, one who is no member of the workspace, and any wrong key. */
export class SignInRefusedError extends DomainError {
  readonly code = 'sign_in_refused';
  readonly kind = 'unauthenticated';
  readonly title = 'The sign-in was refused';
  override readonly hint =
    'Check user name, password and workspace, or the key; an administrator can set a new password.';

  constructor() {
    super('What was typed fits nobody who may sign in here.');
  }
}

/** The same for an unknown, a used, an ended one, and for one whose session is over. */
export class RefreshRefusedError extends DomainError {
  readonly code = 'refresh_refused';
  readonly kind = 'unauthenticated';
  readonly title = 'The refresh token is not valid';
  override readonly hint = 'Sign in again with POST /api/v1/auth/token.';

  constructor() {
    super('The refresh token is unknown, was used before, or belongs to a session that has ended.');
  }
}

/** The same for an unknown, a used and an expired link. */
export class AdminLinkInvalidError extends DomainError {
  readonly code = 'admin_link_invalid';
  readonly kind = 'forbidden';
  readonly title = 'The link is not valid';
  override readonly hint = 'Make a new one on the server with "quayside admin-link".';

  constructor() {
    super('The link is unknown, was used before, or is too old.');
  }
}
