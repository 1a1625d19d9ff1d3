import { DomainError } from '@app/kernel';

/** The same words for an unknown, a wrong, an expired and a revoked key: the difference is nobody's business. */
export class UnauthenticatedError extends DomainError {
  readonly code = 'unauthenticated';
  readonly kind = 'unauthenticated';
  readonly title = 'A valid credential is needed';
  override readonly hint =
    'Send "Authorization: Bearer <API key>" with a key that is neither expired nor revoked.';

  constructor(readonly credentialSent: boolean) {
    super(
      credentialSent
        ? 'The credential that was sent is not valid.'
        : 'The request carries no bearer credential.',
    );
  }
}

/** URLs end up in logs, histories and chats; a key that was in one is no longer a secret. */
export class CredentialInUrlError extends DomainError {
  readonly code = 'credential_in_url';
  readonly kind = 'malformed';
  readonly title = 'A credential must not be part of the address';
  override readonly hint = 'Send it in the Authorization header, and replace the key: addresses are logged.';

  constructor(parameter: string) {
    super(`The query parameter "${parameter}" looks like a credential.`, {
      errors: [{ pointer: `/query/${parameter}`, code: 'credential', detail: 'is refused in an address' }],
    });
  }
}

export class PermissionDeniedError extends DomainError {
  readonly code = 'permission_denied';
  readonly kind = 'forbidden';
  readonly title = 'The caller may not do this';
  override readonly hint =
    'Use a key whose role and scopes hold the permission, or ask an administrator for one.';

  constructor(permission: string) {
    super(`This needs the permission ${permission}.`);
  }
}

/** Closed, not open: without its store nobody can say whether the key still holds. */
export class IdentityUnavailableError extends DomainError {
  readonly code = 'identity_unavailable';
  readonly kind = 'unavailable';
  readonly title = 'Credentials cannot be checked now';
  override readonly hint = 'Try again when the database answers; GET /health says how it is.';

  constructor(options: ErrorOptions = {}) {
    super('The store of API keys does not answer, and this key is not known from memory.', {
      ...options,
      retryAfterS: 2,
    });
  }
}
