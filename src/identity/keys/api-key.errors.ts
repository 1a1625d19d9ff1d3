import { DomainError } from '@app/kernel';

export class ApiKeyUnknownError extends DomainError {
  readonly code = 'api_key_not_found';
  readonly kind = 'not_found';
  readonly title = 'There is no such key';
  override readonly hint = 'List the keys with GET /api/v1/api-keys.';

  constructor() {
    super('No API key of yours has this id.');
  }
}

export class ApiKeyInvalidError extends DomainError {
  readonly code = 'api_key_invalid';
  readonly kind = 'invalid';
  readonly title = 'The key cannot be like this';
  override readonly hint = 'Correct what errors names; for more than a key may do now, issue another one.';

  constructor(pointer: string, detail: string) {
    super(`${pointer} ${detail}.`, { errors: [{ pointer, code: 'invalid', detail }] });
  }
}
