import { canonicalUrl } from '@app/http';
import { type PlainHead } from '@app/plain-http';
import { isCallPath, isPlainCall } from './plain-call';

const ROUTE = '/api/v1/mcp/tools/call';
const HEADERS = { host: 'x', authorization: 'Bearer k', 'content-type': 'application/json' };

const head = (more: Partial<PlainHead> = {}, headers: Record<string, string> = {}): PlainHead => ({
  ...{ method: 'POST', url: ROUTE, bodyBytes: 100, headers: { ...HEADERS, ...headers } },
  ...more,
});

describe('a tool call that need not pass the framework', () => {
  it.each([
    ['as a program sends it', head()],
    ['under the printed path', head({ url: '/mcp/tools/call' })],
    ['with a charset', head({}, { 'content-type': 'application/json; charset=utf-8' })],
    [
      'of a program that fetches',
      head({}, { 'sec-fetch-mode': 'cors', accept: '*/*', 'x-request-id': 'a', traceparent: 'b' }),
    ],
  ])('comes %s', (_how, plain) => {
    expect(isPlainCall(plain)).toBe(true);
  });

  it.each([
    ['another method', head({ method: 'DELETE' })],
    ['another path', head({ url: '/api/v1/mcp/tools' })],
    ['a path written otherwise', head({ url: '/api/v1/mcp//tools/call' })],
    ['a path that ends otherwise', head({ url: `${ROUTE}/` })],
    ['a query', head({ url: `${ROUTE}?` })],
    ['a body that is too long for any', head({ bodyBytes: 1_048_577 })],
    ['another type', head({}, { 'content-type': 'application/merge-patch+json' })],
    ['another charset', head({}, { 'content-type': 'application/json; charset=latin1' })],
    ['another credential', head({}, { authorization: 'Basic YTpi' })],
    ['a page', head({}, { origin: 'http://x' })],
    ['a cookie', head({}, { cookie: 'a=b' })],
    ['a key of repetition', head({}, { 'idempotency-key': 'once' })],
    ['a packed body', head({}, { 'content-encoding': 'identity' })],
  ])('has not %s', (_what, odd) => {
    expect(isPlainCall(odd)).toBe(false);
  });

  it('has no credential, or no type, otherwise', () => {
    expect(isPlainCall(head({ headers: { host: 'x', 'content-type': 'application/json' } }))).toBe(false);
    expect(isPlainCall(head({ headers: { host: 'x', authorization: 'Bearer k' } }))).toBe(false);
  });

  it('is one of the route for which its paths stand', () => {
    for (const url of [ROUTE, '/mcp/tools/call']) {
      expect(isCallPath(url)).toBe(true);
      expect(canonicalUrl(url)).toBe(ROUTE);
    }
  });
});
