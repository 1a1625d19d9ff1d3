import { SECRET_NAME_PATTERN, SECRET_SCOPE_PATTERN } from '@app/contracts';
import { type FieldProblem } from '@app/kernel';
import { SecretAddressInvalidError } from './secret.errors';

/** Variables of the process: read-only here, so nothing can be stored under it. */
export const ENVIRONMENT_SCOPE = 'env';

export function assertStorable(scope: string, name: string): void {
  const errors: FieldProblem[] = [];
  if (!SECRET_SCOPE_PATTERN.test(scope) || scope === ENVIRONMENT_SCOPE)
    errors.push({ pointer: '/path/scope', code: 'invalid', detail: 'This scope cannot hold secrets.' });
  if (!SECRET_NAME_PATTERN.test(name))
    errors.push({
      pointer: '/path/name',
      code: 'invalid',
      detail: 'A name has upper-case letters, digits and "_".',
    });
  if (errors.length > 0) throw new SecretAddressInvalidError(errors);
}
