import { type ServerResponse } from 'node:http';
import { isScanFault, scanAnswer, type ScannedMessage, scanRequest } from '@app/mcp';
import { judge } from './judgement';
import { KeepAlives } from './keep-alives';
import { requestHeaders, responseHeaders } from './relay-headers';

const MINUTE_MS = 60_000;

describe('headers on their way', () => {
  const sent = {
    authorization: 'Bearer of the client',
    cookie: 'a=b',
    'x-api-key': 'secret',
    host: 'gateway',
    origin: 'http://page',
    connection: 'keep-alive',
    'x-forwarded-for': '10.0.0.1',
    'mcp-session-id': 'ours',
    'mcp-protocol-version': '2025-11-25',
    'mcp-param-region': 'eu',
    accept: 'application/json, text/event-stream',
    'content-type': 'application/json',
    'last-event-id': '4',
  };
  const pairs = (flat: readonly string[]) =>
    Object.fromEntries(flat.flatMap((name, at) => (at % 2 === 0 ? [[name, flat[at + 1]]] : [])));

  it('leave the client’s own at the gateway and take the server’s', () => {
    const headers = requestHeaders(['authorization', 'Bearer of the server'], sent, {
      traceparent: '00-a-b-01',
      sessionId: 'theirs',
    });
    expect(pairs(headers)).toEqual({
      authorization: 'Bearer of the server',
      'mcp-session-id': 'theirs',
      'mcp-protocol-version': '2025-11-25',
      'mcp-param-region': 'eu',
      accept: 'application/json, text/event-stream',
      'content-type': 'application/json',
      'last-event-id': '4',
      'accept-encoding': 'identity',
      traceparent: '00-a-b-01',
    });
  });

  it('bring back what belongs to the protocol, and no session but ours', () => {
    const answered = {
      'content-type': 'application/json',
      'set-cookie': ['a=b'],
      server: 'theirs',
      'www-authenticate': 'Bearer',
      'mcp-session-id': 'theirs',
      'retry-after': '3',
    };
    expect(pairs(responseHeaders(['x-request-id', 'r'], answered, 'ours'))).toEqual({
      ...{ 'x-request-id': 'r', 'content-type': 'application/json' },
      ...{ 'retry-after': '3', 'mcp-session-id': 'ours' },
    });
  });
});

describe('the judgement on an answer', () => {
  const scanned = (message: object, scan: typeof scanAnswer = scanAnswer): ScannedMessage => {
    const found = scan(Buffer.from(JSON.stringify({ jsonrpc: '2.0', ...message })));
    if (isScanFault(found)) throw new Error(found.message);
    return found;
  };
  const request = scanned({ id: 1, method: 'tools/call' }, scanRequest);
  const notice = scanned({ method: 'notifications/x' }, scanRequest);
  const mine = scanned({ id: 1, result: {} });

  it.each([
    [200, mine, request, 'pass'],
    [404, scanned({ id: 1, error: { code: -32601, message: '' } }), request, 'pass'],
    [400, scanned({ id: null, error: { code: -32700, message: '' } }), request, 'pass'],
    [200, scanned({ id: 2, result: {} }), request, 'refuse'],
    [200, scanned({ id: null, result: {} }), request, 'refuse'],
    [200, undefined, request, 'refuse'],
    [302, mine, request, 'refuse'],
    [401, mine, request, 'refuse'],
    [500, undefined, request, 'refuse'],
    [202, undefined, notice, 'nothing'],
    [200, undefined, notice, 'nothing'],
    [202, undefined, request, 'nothing'],
    [500, undefined, notice, 'refuse'],
  ] as const)('%i with %j is to be %j', (status, message, asked, verdict) => {
    expect(judge(status, message, asked)).toBe(verdict);
  });
});

describe('keep-alives', () => {
  const stream = (needsDrain = false) => {
    const written: string[] = [];
    const response = {
      writableNeedDrain: needsDrain,
      write: (text: string) => written.push(text) > 0,
    } as unknown as ServerResponse;
    return { response, lastWriteAtMs: 0, written };
  };

  it('speak where nothing was said for a while and the client reads', () => {
    const keepAlives = new KeepAlives();
    const [quiet, busy, full] = [stream(), { ...stream(), lastWriteAtMs: MINUTE_MS }, stream(true)];
    for (const each of [quiet, busy, full]) keepAlives.add(each);
    keepAlives.look(MINUTE_MS);
    expect([quiet, busy, full].map(({ written }) => written.length)).toEqual([1, 0, 0]);
    expect(quiet.written[0]).toMatch(/^:.*\n\n$/);
    for (const each of [quiet, busy, full]) keepAlives.remove(each);
    expect(keepAlives.size).toBe(0);
  });
});
