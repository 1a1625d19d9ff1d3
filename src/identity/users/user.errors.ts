import { DomainError } from '@app/kernel';

export class UserUnknownError extends DomainError {
  readonly code = 'user_not_found';
  readonly kind = 'not_found';
  readonly title = 'There is no such user';
  override readonly hint = 'List the users with GET /api/v1/users.';

  constructor() {
    super('No user has this id or name.');
  }
}

export class UsernameTakenError extends DomainError {
  readonly code = 'username_taken';
  readonly kind = 'conflict';
  readonly title = 'The user name is in use';
  override readonly hint = 'Choose another name, or change the user that has it.';

  constructor(username: string) {
    super(`A user named "${username}" already exists.`);
  }
}

export class UserInvalidError extends DomainError {
  readonly code = 'user_invalid';
  readonly kind = 'invalid';
  readonly title = 'The user cannot be like this';
  override readonly hint = 'Correct what errors names, and send the request again.';

  constructor(pointer: string, detail: string) {
    super(`${pointer} ${detail}.`, { errors: [{ pointer, code: 'invalid', detail }] });
  }
}

/** Without one nobody could make another: the installation would be its bootstrap key's alone. */
export class LastAdminError extends DomainError {
  readonly code = 'last_admin';
  readonly kind = 'conflict';
  readonly title = 'This is the last administrator';
  override readonly hint = 'Make another user an administrator of the first workspace before this one goes.';

  constructor(username: string) {
    super(`"${username}" is the only administrator of the installation that can still sign in.`);
  }
}

export class GrantExceedsOwnError extends DomainError {
  readonly code = 'grant_exceeds_own';
  readonly kind = 'forbidden';
  readonly title = 'Nobody grants what they do not hold';
  override readonly hint = 'Grant less, or ask somebody who holds all of it.';

  constructor(what: string) {
    super(`This concerns ${what}, which is more than the caller holds.`);
  }
}

export class WrongPasswordError extends DomainError {
  readonly code = 'wrong_password';
  readonly kind = 'forbidden';
  readonly title = 'The present password is another one';
  override readonly hint = 'Send the password that you sign in with now as current_password.';

  constructor() {
    super('The password that was sent as the present one is not.');
  }
}
