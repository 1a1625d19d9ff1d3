import { DomainError } from '@app/kernel';

export class SessionNotFoundError extends DomainError {
  readonly code = 'session_not_found';
  readonly kind = 'not_found';
  readonly title = 'There is no such session';
  override readonly hint = 'List the open ones with GET /api/v1/me/sessions, signed in and not with a key.';

  constructor(id: string) {
    super(`The caller has no open session "${id.slice(0, 63)}".`);
  }
}

/** A browser would not keep the cookie, and anybody on the way could read what was typed: better to say so than to seem to work. */
export class SignInNeedsTlsError extends DomainError {
  readonly code = 'sign_in_needs_tls';
  readonly kind = 'forbidden';
  readonly title = 'Signing in here needs TLS';
  override readonly hint =
    'Put a proxy with TLS in front and set PUBLIC_URL to its https address, or open the console through a tunnel: ssh -L 8080:127.0.0.1:8080 <server>.';

  constructor() {
    super('The console was opened over plain HTTP from another machine, so nobody was signed in.');
  }
}

/** A browser sent its cookie along with what a page of somebody else asked for. */
export class CrossSiteRequestError extends DomainError {
  readonly code = 'cross_site_request';
  readonly kind = 'forbidden';
  readonly title = 'The request does not come from a page of ours';
  override readonly hint =
    'Send changes from the console itself, as application/json; programs use an Authorization header.';

  constructor() {
    super('A change with a session cookie must come from a page of this server, as JSON.');
  }
}
