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
