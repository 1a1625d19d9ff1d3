import { META } from '../wire/protocol';
import { newerError, newerParams, newerResult, olderError, olderParams, olderResult } from './translate';

describe('translation between the eras', () => {
  it('takes off what an older server does not know, and nothing else', () => {
    const params = {
      name: 'x',
      requestState: 's',
      inputResponses: {},
      _meta: {
        [META.version]: '2026-07-28',
        [META.clientCapabilities]: {},
        progressToken: 1,
        traceparent: 't',
      },
    };
    expect(olderParams(params)).toEqual({ name: 'x', _meta: { progressToken: 1, traceparent: 't' } });
    expect(olderParams({ _meta: { [META.version]: 'v' } })).toEqual({});
  });

  it('says in each request what a session knows', () => {
    const client = { capabilities: { roots: {} }, clientInfo: { name: 'c' } };
    expect(newerParams({ name: 'x', _meta: { traceparent: 't' } }, client)).toEqual({
      name: 'x',
      _meta: {
        traceparent: 't',
        [META.version]: '2026-07-28',
        [META.clientCapabilities]: { roots: {} },
        [META.clientInfo]: { name: 'c' },
      },
    });
  });

  it.each([
    ['tools/list', { ttlMs: 60_000, cacheScope: 'private' }],
    ['resources/read', { ttlMs: 0, cacheScope: 'private' }],
    ['tools/call', {}],
  ])('completes the result of %s', (method, added) => {
    expect(newerResult(method, { value: 1 }, { name: 's' })).toEqual({
      value: 1,
      resultType: 'complete',
      ...added,
      _meta: { [META.serverInfo]: { name: 's' } },
    });
  });

  it('drops what an older client does not know', () => {
    expect(olderResult({ resultType: 'complete', content: [] })).toEqual({ content: [] });
  });

  it('maps the code of a missing resource both ways, and no other', () => {
    const missing = { code: -32002, message: 'm' };
    expect(newerError(missing).code).toBe(-32602);
    expect(newerError({ code: -32603, message: 'm' }).code).toBe(-32603);
    expect(olderError('resources/read', { code: -32602, message: 'm' }).code).toBe(-32002);
    expect(olderError('tools/call', { code: -32602, message: 'm' }).code).toBe(-32602);
  });
});
