import { DomainError, type FieldProblem } from '@app/kernel';

/** More faults than this tell nobody anything; the count says how many there are. */
const MAX_FAULTS_SHOWN = 100;

const inWords = (count: number): string => (count === 1 ? 'one fault' : `${count} faults`);
const shown = (faults: readonly FieldProblem[]): readonly FieldProblem[] => faults.slice(0, MAX_FAULTS_SHOWN);

/** The body has a field that this route does not know; refused, because ignoring it would hide a spelling mistake. */
export class UnknownFieldError extends DomainError {
  readonly code = 'unknown_field';
  readonly kind = 'malformed';
  readonly title = 'The body has an unknown field';
  override readonly hint = 'Remove or rename the fields that errors[] points at.';
  constructor(faults: readonly FieldProblem[]) {
    super(`The body has ${inWords(faults.length)}; see errors.`, { errors: shown(faults) });
  }
}

/** Understood, but a value is not possible. */
export class ValidationFailedError extends DomainError {
  readonly code = 'validation_failed';
  readonly kind = 'invalid';
  readonly title = 'The request is not valid';
  override readonly hint = 'Correct the values that errors[] points at.';
  constructor(faults: readonly FieldProblem[]) {
    super(`The request has ${inWords(faults.length)}; see errors.`, { errors: shown(faults) });
  }
}

export class InvalidQueryError extends DomainError {
  readonly code = 'invalid_query';
  readonly kind = 'malformed';
  readonly title = 'A query parameter is unknown or not valid';
  override readonly hint = 'Correct the parameters that errors[] points at.';
  constructor(faults: readonly FieldProblem[]) {
    super(`The query has ${inWords(faults.length)}; see errors.`, { errors: shown(faults) });
  }
}

export class MalformedBodyError extends DomainError {
  readonly code = 'malformed_json';
  readonly kind = 'malformed';
  readonly title = 'The body cannot be read';
  override readonly hint = 'Send one JSON object in UTF-8.';
}

export class ForbiddenKeyError extends DomainError {
  readonly code = 'forbidden_key';
  readonly kind = 'malformed';
  readonly title = 'The body has a forbidden key';
  override readonly hint = 'Remove the keys __proto__ and constructor.prototype.';
  constructor() {
    super('Keys that would change the prototype of an object are refused wherever they stand.');
  }
}

export class DuplicateKeyError extends DomainError {
  readonly code = 'duplicate_key';
  readonly kind = 'malformed';
  readonly title = 'An object of the body has the same key twice';
  override readonly hint = 'Send each key once; errors[] points at the one that comes again.';
  constructor(pointer: string) {
    super('Of two equal keys only one would count, and not every reader would take the same one.', {
      errors: [{ pointer, code: 'duplicate', detail: 'this key stands twice in the same object' }],
    });
  }
}

export class BodyTooComplexError extends DomainError {
  readonly code = 'body_too_complex';
  readonly kind = 'too_large';
  readonly title = 'The body is nested too deeply or has too many keys';
  override readonly hint = 'Split the request, or flatten its values.';
}

export class HostNotAllowedError extends DomainError {
  readonly code = 'host_not_allowed';
  readonly kind = 'forbidden';
  readonly title = 'The Host header is not one of ours';
  override readonly hint = 'Use an address that PUBLIC_URL names, or localhost on the same machine.';
  constructor() {
    super('This server does not answer under the host name of the request.');
  }
}

export class OriginNotAllowedError extends DomainError {
  readonly code = 'origin_not_allowed';
  readonly kind = 'forbidden';
  readonly title = 'The Origin is not allowed';
  override readonly hint = 'Let the operator add the exact origin to CORS_ORIGINS.';
  constructor() {
    super('Pages of that origin may not send requests to this server.');
  }
}
