import { DomainError } from '@app/kernel';
import { QueryFailedError } from 'typeorm';
import {
  DatabaseUnavailableError,
  isDatabaseUnavailable,
  isRetryable,
  isUniqueViolation,
  translate,
} from './errors';

const driverError = (code: string, more: object = {}): Error =>
  Object.assign(new Error('words'), { code, ...more });
const failed = (error: Error): QueryFailedError => new QueryFailedError('SELECT $1', ['a secret'], error);

class OwnError extends DomainError {
  readonly code = 'own';
  readonly kind = 'conflict';
  readonly title = 'Own';
}

describe('isDatabaseUnavailable', () => {
  it.each([
    '08006',
    '08001',
    '57P01',
    '57P03',
    '57014',
    '53100',
    '53300',
    '55P03',
    '25P03',
    'ECONNREFUSED',
    'ECONNRESET',
  ])('takes %s for an outage', (code) => {
    expect(isDatabaseUnavailable(failed(driverError(code)))).toBe(true);
  });

  it.each([
    'timeout exceeded when trying to connect',
    'Query read timeout',
    'Connection terminated unexpectedly',
  ])('takes "%s" for an outage', (message) => {
    expect(isDatabaseUnavailable(new Error(message))).toBe(true);
  });

  it.each(['23505', '42601', '22012', '40001', '42501'])('takes %s for what it is', (code) => {
    expect(isDatabaseUnavailable(failed(driverError(code)))).toBe(false);
  });

  it('does not take the failure of another server, told in words of our own, for one of the database', () => {
    expect(isDatabaseUnavailable(new OwnError('Refused.', { cause: driverError('ECONNREFUSED') }))).toBe(
      false,
    );
    const caused = new OwnError('No secret.', { cause: new DatabaseUnavailableError() });
    expect(isDatabaseUnavailable(caused)).toBe(true);
  });

  it('looks at causes, and not for ever', () => {
    const circle = new Error('circle');
    circle.cause = circle;
    expect(isDatabaseUnavailable(circle)).toBe(false);
    expect(isDatabaseUnavailable(new Error('outer', { cause: driverError('57P01') }))).toBe(true);
    expect(isDatabaseUnavailable(undefined)).toBe(false);
  });
});

describe('isRetryable', () => {
  it.each([
    ['40001', true],
    ['40P01', true],
    ['57P01', false],
  ])('%s: %s', (code, expected) => {
    expect(isRetryable(failed(driverError(code)))).toBe(expected);
  });
});

describe('translate', () => {
  it('gives an outage its own name, and keeps the cause for the log', () => {
    const cause = driverError('57P01');
    const translated = translate(failed(cause));
    expect(translated).toBeInstanceOf(DatabaseUnavailableError);
    expect(translated).toMatchObject({ kind: 'unavailable', retryAfterS: 2, cause });
  });

  it('leaves statement and parameters behind', () => {
    const translated = translate(
      failed(driverError('23514', { detail: 'Failing row contains (a secret).' })),
    );
    expect(translated).not.toHaveProperty('parameters');
    expect(translated).not.toHaveProperty('detail');
  });

  it('keeps the constraint of a unique violation', () => {
    expect(
      isUniqueViolation(translate(failed(driverError('23505', { constraint: 'one_key' }))), 'one_key'),
    ).toBe(true);
  });

  it('lets an error of the domain pass, whatever caused it', () => {
    const own = new OwnError('Own.', { cause: driverError('57P01') });
    expect(translate(own)).toBe(own);
  });
});
