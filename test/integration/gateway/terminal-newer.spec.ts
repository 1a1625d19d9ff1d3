import { type JsonObject } from '@app/kernel';
import { eventually } from '@app/testing';
import { FrontServer } from './terminal/front-server';
import { Events, type NewerOptions, Wire } from './terminal/wire';

jest.setTimeout(180_000);

const VERSION = 'io.modelcontextprotocol/protocolVersion';
const SUBSCRIPTION = 'io.modelcontextprotocol/subscriptionId';
const bodyOf = async (response: Response): Promise<JsonObject> => (await response.json()) as JsonObject;
const resultOf = async (response: Response): Promise<JsonObject> =>
  (await bodyOf(response)).result as JsonObject;

describe('requests of the newer era', () => {
  let server: FrontServer;
  let wire: Wire;

  beforeEach(async () => {
    server = await new FrontServer().start();
    wire = new Wire(server.url);
  });
  afterEach(() => server.stop());

  const call = (
    name: string,
    more: object = {},
    options?: NewerOptions,
    signal?: AbortSignal,
  ): Promise<Response> =>
    wire.newer({ id: 1, method: 'tools/call', params: { name, arguments: {}, ...more } }, options, signal);

  it('are told by discover what they talk to', async () => {
    const answer = await wire.newer({ id: 'd', method: 'server/discover' });

    expect(await bodyOf(answer)).toEqual({
      jsonrpc: '2.0',
      id: 'd',
      result: {
        resultType: 'complete',
        supportedVersions: ['2026-07-28'],
        capabilities: {
          tools: { listChanged: true },
          resources: { subscribe: true, listChanged: true },
          prompts: {},
          logging: {},
          extensions: { 'example.org/more': {} },
        },
        instructions: 'Be kind.',
        ttlMs: 1_000,
        cacheScope: 'private',
        _meta: {
          'io.modelcontextprotocol/serverInfo': { name: 'quayside', title: 'Quayside', version: '1.0.0' },
          'quayside/degraded': [
            {
              server_name: 'dead',
              reason: 'refused',
              since: '1970-01-01T00:00:00.000Z',
              next_attempt_at: null,
            },
          ],
        },
      },
    });
    expect(server.conversations.opened.every(({ isClosed }) => isClosed)).toBe(true);
  });

  it.each([
    ['no _meta', { params: {} }, {}, -32602],
    [
      'no version in _meta',
      { params: { _meta: { 'io.modelcontextprotocol/clientCapabilities': {} } } },
      {},
      -32602,
    ],
    ['no capabilities', { params: { _meta: { [VERSION]: '2026-07-28' } } }, {}, -32602],
    ['another version in the header', undefined, { 'mcp-protocol-version': '2027-01-01' }, -32020],
    ['another method in the header', undefined, { 'mcp-method': 'tools/list' }, -32020],
    ['another name in the header', undefined, { 'mcp-name': 'other' }, -32020],
  ])('are refused with %s', async (_what, message, headers, code) => {
    const answer =
      message === undefined
        ? await call('echo', {}, { headers })
        : await wire.post(
            { id: 1, method: 'server/discover', ...message },
            { 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'server/discover' },
          );

    expect(answer.status).toBe(400);
    expect(await bodyOf(answer)).toMatchObject({ id: 1, error: { code } });
    expect(server.conversations.runs).toBe(0);
  });

  it('hear which versions there are', async () => {
    const headers = { 'mcp-protocol-version': '2030-01-01' };
    const answer = await call('echo', {}, { headers, meta: { [VERSION]: '2030-01-01' } });

    expect(answer.status).toBe(400);
    expect((await bodyOf(answer)).error).toMatchObject({
      code: -32022,
      data: { supported: ['2026-07-28'], requested: '2030-01-01' },
    });
  });

  it.each([
    'initialize',
    'ping',
    'logging/setLevel',
    'resources/subscribe',
    'resources/unsubscribe',
    'no/such',
  ])('find no method %s', async (method) => {
    const answer = await wire.newer({ id: 5, method });
    expect(answer.status).toBe(404);
    expect(await bodyOf(answer)).toMatchObject({ id: 5, error: { code: -32601 } });
  });

  it('get results with all that this era wants, and one record each', async () => {
    expect(await resultOf(await call('echo'))).toMatchObject({
      resultType: 'complete',
      content: [{ text: '{}' }],
      _meta: { 'io.modelcontextprotocol/serverInfo': { name: 'quayside' } },
    });
    expect(server.ledger.records).toMatchObject([
      {
        method: 'tools/call',
        target: 'echo',
        outcome: 'ok',
        protocolVersion: '2026-07-28',
        serverName: 'scripted',
      },
    ]);
    // What the upstream said of its list stays; what it did not say is said for it.
    expect(await resultOf(await wire.newer({ id: 1, method: 'tools/list' }))).toMatchObject({
      ttlMs: 5_000,
      cacheScope: 'private',
    });
    const missing = await wire.newer({ id: 1, method: 'resources/read', params: { uri: 'x:y' } });
    expect((await bodyOf(missing)).error).toEqual({
      code: -32602,
      message: 'Resource not found',
      data: { uri: 'x:y' },
    });
  });

  it.each([
    ['b', 'b', 200],
    ['=?base64?w6Q=?=', 'ä', 200],
    ['B', 'b', 400],
    [undefined, 'b', 400],
    ['b', undefined, 400],
    [undefined, undefined, 200],
  ])('say in a header %p what the argument %p says', async (header, region, status) => {
    const headers = header === undefined ? {} : { 'Mcp-Param-Region': header };
    const answer = await call('region', { arguments: { region } }, { headers });

    expect(answer.status).toBe(status);
    if (status === 400) expect((await bodyOf(answer)).error).toMatchObject({ code: -32020 });
    expect(server.conversations.runs).toBe(status === 200 ? 1 : 0);
  });

  it('hear progress, and log messages from the level on that they ask for', async () => {
    const heard = async (name: string, meta: object): Promise<unknown[]> => {
      const answer = await call(name, {}, { meta });
      if (answer.headers.get('content-type') === 'application/json') return ['result'];
      return (await new Events(answer).messages()).map((message) => message?.method ?? 'result');
    };
    const level = (name: string): object => ({ 'io.modelcontextprotocol/logLevel': name });

    expect(await heard('count', { progressToken: 'p' })).toEqual([
      'notifications/progress',
      'notifications/progress',
      'result',
    ]);
    expect(await heard('log', {})).toEqual(['result']);
    expect(await heard('log', level('error'))).toEqual(['notifications/message', 'result']);
    expect(await heard('log', level('debug'))).toHaveLength(3);
  });

  it('cancel by going away', async () => {
    const gone = new AbortController();
    const events = new Events(await call('wait', {}, {}, gone.signal));
    await events.next();
    gone.abort();

    await eventually(() => {
      expect(server.conversations.aborted).toHaveLength(1);
      expect(server.ledger.records).toMatchObject([{ outcome: 'cancelled' }]);
    });
  });

  it('listen: first what is granted, then what happens, and a word at the end', async () => {
    const notifications = {
      toolsListChanged: true,
      promptsListChanged: true,
      resourceSubscriptions: ['note://one'],
    };
    const listen = { id: 'listen-1', method: 'subscriptions/listen', params: { notifications } };
    const events = new Events(await wire.newer(listen));
    expect((await events.next())?.data).toEqual({
      jsonrpc: '2.0',
      method: 'notifications/subscriptions/acknowledged',
      params: {
        notifications: { toolsListChanged: true, resourceSubscriptions: ['note://one'] },
        _meta: { [SUBSCRIPTION]: 'listen-1' },
      },
    });
    server.conversations.tell({ jsonrpc: '2.0', method: 'notifications/tools/list_changed' });
    expect((await events.next())?.data).toEqual({
      jsonrpc: '2.0',
      method: 'notifications/tools/list_changed',
      params: { _meta: { [SUBSCRIPTION]: 'listen-1' } },
    });

    await server.front.beforeApplicationShutdown();
    expect((await events.next())?.data).toMatchObject({
      id: 'listen-1',
      result: { resultType: 'complete', _meta: { [SUBSCRIPTION]: 'listen-1' } },
    });
    expect(await events.next()).toBeUndefined();
  });

  it('stop listening by going away', async () => {
    const gone = new AbortController();
    const listen = {
      id: 1,
      method: 'subscriptions/listen',
      params: { notifications: { toolsListChanged: true } },
    };
    const events = new Events(await wire.newer(listen, {}, gone.signal));
    await events.next();
    expect(server.conversations.interests).toHaveLength(1);
    gone.abort();

    await eventually(() => {
      expect(server.conversations.interests).toHaveLength(0);
      expect(server.conversations.opened.every(({ isClosed }) => isClosed)).toBe(true);
    });
  });
});
