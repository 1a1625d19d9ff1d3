import { HttpException } from '@nestjs/common';
import { DomainError, type ErrorKind } from '@app/kernel';
import { problemOf } from './problem-of';

class AnyError extends DomainError {
  readonly code = 'any_error';
  readonly title = 'Any';
  constructor(
    readonly kind: ErrorKind,
    retryAfterS?: number,
  ) {
    super('It happened.', retryAfterS === undefined ? {} : { retryAfterS });
  }
}

const PLACE = { path: '/a/b?ticket=secret', requestId: 'r', traceId: 't' };

describe('problemOf', () => {
  it.each([
    ['malformed', 400],
    ['unauthenticated', 401],
    ['forbidden', 403],
    ['not_found', 404],
    ['conflict', 409],
    ['stale', 412],
    ['too_large', 413],
    ['invalid', 422],
    ['precondition_required', 428],
    ['exhausted', 429],
    ['upstream', 502],
    ['unavailable', 503],
    ['timeout', 504],
  ] as const)('%s is %i', (kind, status) => {
    const { body, headers } = problemOf(new AnyError(kind), PLACE);
    expect(body).toEqual({
      type: '/problems/any_error',
      docs: '/problems/any_error',
      title: 'Any',
      status,
      detail: 'It happened.',
      code: 'any_error',
      instance: '/a/b',
      request_id: 'r',
      trace_id: 't',
    });
    expect('retry-after' in headers).toBe(status === 429 || status === 503);
    expect('www-authenticate' in headers).toBe(status === 401);
  });

  it('sends the time an error names, in whole seconds', () => {
    expect(problemOf(new AnyError('conflict', 2.1), PLACE).headers).toEqual({ 'retry-after': '3' });
    expect(problemOf(new AnyError('unavailable', 0), PLACE).headers).toEqual({ 'retry-after': '1' });
  });

  it.each([
    new Error('SELECT * FROM secret'),
    'a text',
    undefined,
    null,
    { statusCode: 500 },
    { statusCode: '400' },
  ])('tells nothing of what nobody expected (%#)', (error) => {
    const { body } = problemOf(error, PLACE);
    expect(body).toMatchObject({ status: 500, code: 'internal_error', type: 'about:blank' });
    expect(JSON.stringify(body)).not.toContain('SELECT');
    expect(body).not.toHaveProperty('docs');
  });

  it('keeps the status and words of a plain HTTP exception', () => {
    expect(problemOf(new HttpException('No coffee here', 418), PLACE).body).toMatchObject({
      status: 418,
      code: 'http_error',
      type: 'about:blank',
      detail: 'No coffee here',
    });
  });
});
