import { DomainError, type FieldProblem } from '@app/kernel';
import { isSampleSecret } from '@app/config';

export const PASSWORD_MIN = 12;
/** Longer ones add nothing and cost the hash its time. */
export const PASSWORD_MAX = 256;

export class PasswordRefusedError extends DomainError {
  readonly code = 'password_refused';
  readonly kind = 'invalid';
  readonly title = 'The password cannot be used';
  override readonly hint = `Choose one of ${PASSWORD_MIN} to ${PASSWORD_MAX} characters that is no known word, name or sample.`;

  constructor(detail: string, pointer: string) {
    const fault: FieldProblem = { pointer, code: 'invalid', detail };
    super(`The password ${detail}.`, { errors: [fault] });
  }
}

/** Length, and nothing that is tried first. No rule about kinds of letters: those make passwords worse. */
export function refuseWeakPassword(password: string, username: string, pointer = '/password'): void {
  const fault = faultOf(password, username);
  if (fault !== undefined) throw new PasswordRefusedError(fault, pointer);
}

function faultOf(password: string, username: string): string | undefined {
  const { length } = Array.from(password);
  if (length < PASSWORD_MIN) return `needs at least ${PASSWORD_MIN} characters`;
  if (length > PASSWORD_MAX) return `may have ${PASSWORD_MAX} characters at most`;
  const rest = password.toLowerCase().replaceAll(username.toLowerCase(), '');
  if (rest.length < PASSWORD_MIN / 2) return 'is little more than the user name';
  return isSampleSecret(password) ? 'is made of words that are tried first' : undefined;
}
