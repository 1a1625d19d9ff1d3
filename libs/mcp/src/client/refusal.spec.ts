import { cut, refusalError, retryAfterS } from './refusal';

const about = { serverName: 's' };
const body = { jsonrpc: '2.0', id: 1, error: { code: -32602, message: 'bad' } } as const;

describe('refusalError', () => {
  it.each([
    [401, undefined, 'upstream_auth_failed', false],
    [403, undefined, 'upstream_auth_failed', false],
    [429, undefined, 'upstream_busy', false],
    [503, body, 'upstream_busy', false],
    [307, undefined, 'upstream_protocol_error', false],
    [404, undefined, 'upstream_protocol_error', false],
    [400, body, 'upstream_refused', true],
    [500, body, 'upstream_unreachable', true],
    [502, undefined, 'upstream_unreachable', true],
  ])('of status %i is %s', (status, failure, code, started) => {
    const error = refusalError({ status, body: failure, retryAfter: null }, about);
    expect(error).toMatchObject({ code, started });
  });
});

describe('retryAfterS', () => {
  const nowMs = Date.parse('2030-01-01T00:00:00Z');
  it.each([
    [null, 1],
    ['', 1],
    ['0', 1],
    ['30', 30],
    ['999999', 3600],
    ['soon', 1],
    ['Tue, 01 Jan 2030 00:00:20 GMT', 20],
    ['Mon, 31 Dec 2029 00:00:00 GMT', 1],
  ])('of "%s" is %i', (header, seconds) => {
    expect(retryAfterS(header, nowMs)).toBe(seconds);
  });
});

describe('cut', () => {
  it('makes one bounded line without control characters', () => {
    expect(cut(' a\nb\u001b[31m\u202ec ')).toBe('a b [31m c');
    expect(cut('x'.repeat(1_000))).toHaveLength(501);
  });
});
