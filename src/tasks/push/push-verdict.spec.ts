import { EgressRefusedError, OutboundFailure } from '@app/security';
import { type PushVerdict, verdictOf, verdictOfFailure } from './push-verdict';

const NOW_MS = Date.parse('2026-11-22T10:00:00Z');
const answer = (status: number, body = '', retryAfter: string | null = null): PushVerdict =>
  verdictOf({ status, body, retryAfter }, NOW_MS);

describe('what an agent answers to a task', () => {
  it('is its result, or that it has it', () => {
    expect(answer(200, '{"rows": 3}')).toEqual({ kind: 'completed', result: { rows: 3 } });
    expect(answer(204)).toEqual({ kind: 'completed', result: null });
    expect(answer(202, 'whatever')).toEqual({ kind: 'accepted' });
  });

  it('is a failure where it is no JSON', () => {
    expect(answer(200, '<html>')).toMatchObject({ kind: 'failed', error: { retryable: false } });
  });

  it.each([
    [null, 5],
    ['30', 30],
    ['0', 1],
    ['999999', 3_600],
    ['Sun, 22 Nov 2026 10:01:00 GMT', 60],
    ['Sun, 22 Nov 2026 09:00:00 GMT', 1],
    ['soon', 5],
    ['-3', 1],
  ])('closes the agent with Retry-After %j for %i s', (retryAfter, forS) => {
    expect(answer(429, '', retryAfter)).toEqual({ kind: 'closed', forS });
    expect(answer(503, '', retryAfter)).toEqual({ kind: 'closed', forS });
  });

  it.each([
    [400, false],
    [404, false],
    [422, false],
    [301, false],
    [408, true],
    [425, true],
    [500, true],
    [504, true],
  ])('%i may be tried again: %s', (status, retryable) => {
    expect(answer(status)).toMatchObject({ kind: 'failed', error: { code: 'agent_refused', retryable } });
  });

  it.each([
    [new OutboundFailure('tcp', 'ECONNREFUSED'), 'unreachable'],
    [new OutboundFailure('dns', 'ENOTFOUND'), 'unreachable'],
    [new OutboundFailure('timeout', 'UND_ERR_CONNECT_TIMEOUT'), 'unreachable'],
    [new EgressRefusedError('private address'), 'unreachable'],
    [new OutboundFailure('tcp', 'ECONNRESET'), 'unknown'],
    [new OutboundFailure('http', 'UND_ERR_SOCKET'), 'unknown'],
    [new OutboundFailure('timeout', 'UND_ERR_HEADERS_TIMEOUT'), 'unknown'],
    [new DOMException('late', 'TimeoutError'), 'unknown'],
  ])('%s leaves it %s whether the agent has the task', (error, kind) => {
    expect(verdictOfFailure(error).kind).toBe(kind);
  });
});
