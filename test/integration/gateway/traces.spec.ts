import {
  Client as ClientOfTwo,
  StreamableHTTPClientTransport as TransportOfTwo,
} from '@modelcontextprotocol/client';
import { Client as ClientOfOne } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as TransportOfOne } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { eventually } from '@app/testing';
import { type Span, tracer } from '@app/telemetry';
import { Everything } from './everything';
import { BOOTSTRAP_KEY, World } from './world';

const LIMIT_MS = 120_000;
const PATIENCE = { deadlineMs: 60_000 };
const TRACE_ID = '4bf92f3577b34da6a3ce929d0e0e4736';
const SENT = `00-${TRACE_ID}-00f067aa0ba902b7-01`;
const HEADERS = { authorization: `Bearer ${BOOTSTRAP_KEY}`, traceparent: SENT, baggage: 'user=somebody' };
const US = { name: 'tests', version: '1.0.0' };
const ECHO = { name: 'echo', arguments: { message: 'traced' } };
const HTTP_SERVER = 'POST /api/v1/mcp/tools/call';

interface Seen {
  readonly headers: Readonly<Record<string, unknown>>;
  readonly method?: string;
  readonly meta: Readonly<Record<string, unknown>>;
}

/** As the servers behind us see calls: which trace they belong to, and what else came along. */
describe('the trace of a call', () => {
  let world: World;
  let everything: Everything;
  let origin: string;
  const seen: Seen[] = [];
  const spans: Span[] = [];

  beforeAll(async () => {
    tracer.open({
      take: ({ own, attributes, ...span }) => {
        const alone = own === undefined ? {} : { [own.key]: own.text };
        spans.push({ ...span, attributes: { ...attributes, ...alone } });
      },
    });
    world = await World.start();
    everything = new Everything();
    await everything.start();
    const url = await everything.relay((headers, message) => {
      const { method, params } = message as { method?: string; params?: { _meta?: Seen['meta'] } };
      seen.push({ headers, ...(method === undefined ? {} : { method }), meta: params?._meta ?? {} });
      return 'pass';
    });
    const upstream = { kind: 'http', urls: [url], transport: 'streamable-http', remote: false } as const;
    const id = await world.instance({ name: 'watched', upstream });
    // With a notice: faces of several servers look for nobody who was not announced.
    await world.report(id, 'running', upstream);
    const endpoint = { name: 'chosen', instances: ['watched'], prefix: 'none' };
    expect((await world.request('POST', '/api/v1/mcp/endpoints', endpoint)).status).toBe(201);
    await world.app.listen(0, '127.0.0.1');
    origin = await world.app.getUrl();
  }, LIMIT_MS);

  afterAll(async () => {
    tracer.close();
    // Clients keep their connections; nobody waits for them here.
    world.app.getHttpServer().closeAllConnections();
    await world.stop();
    await everything.end();
  });

  beforeEach(() => {
    seen.length = 0;
    spans.length = 0;
  });

  /** The one span of the kind that tells of the call. */
  function spanOf(kind: Span['kind'], name = 'tools/call echo'): Span {
    const found = spans.filter((span) => span.kind === kind && span.name === name);
    expect([kind, name, found.length]).toEqual([kind, name, 1]);
    const [span] = found;
    if (span === undefined) throw new Error('Nobody told of it.');
    return span;
  }

  /** Of the one call that got there. */
  function calledWith(): Seen {
    const calls = seen.filter(({ method }) => method === 'tools/call');
    expect(calls).toHaveLength(1);
    const [call] = calls;
    if (call === undefined) throw new Error('Nothing got there.');
    return call;
  }

  /** By the name that its client called the tool. */
  function serverSpan(): Span {
    const found = spans.filter(({ kind, name }) => kind === 'server' && name.startsWith('tools/call '));
    expect(found).toHaveLength(1);
    const [span] = found;
    if (span === undefined) throw new Error('Nobody told of it.');
    return span;
  }

  const throughOlder = async (path: string): Promise<void> => {
    const client = new ClientOfOne(US);
    await client.connect(new TransportOfOne(new URL(origin + path), { requestInit: { headers: HEADERS } }));
    const { tools } = await client.listTools();
    const name = tools.map((tool) => tool.name).find((one) => one.endsWith('echo')) ?? '';
    expect(JSON.stringify(await client.callTool({ ...ECHO, name }))).toContain('traced');
    await client.close();
  };

  const throughNewer = async (path: string): Promise<void> => {
    const client = new ClientOfTwo(US, { versionNegotiation: { mode: 'auto' } });
    await client.connect(new TransportOfTwo(new URL(origin + path), { requestInit: { headers: HEADERS } }));
    const { tools } = await client.listTools();
    const name = tools.map((tool) => tool.name).find((one) => one.endsWith('echo')) ?? '';
    expect(JSON.stringify(await client.callTool({ ...ECHO, name }))).toContain('traced');
    await client.close();
  };

  const throughRest = async (): Promise<void> => {
    const body = { server_name: 'watched', tool_name: 'echo', arguments: ECHO.arguments };
    expect((await world.request('POST', '/mcp/tools/call', body, HEADERS)).status).toBe(200);
  };

  it('goes on in the header where bodies pass untouched', async () => {
    await throughOlder('/servers/watched/mcp');
    const { headers, meta } = calledWith();
    expect(headers['traceparent']).toMatch(new RegExp(`^00-${TRACE_ID}-[0-9a-f]{16}-01$`));
    expect(headers['traceparent']).not.toBe(SENT);
    expect(meta['traceparent']).toBeUndefined();
  });

  it.each([
    ['POST /mcp/tools/call', throughRest],
    ['a virtual endpoint, to a client of the older era', () => throughOlder('/endpoints/chosen/mcp')],
    ['a virtual endpoint, to a client of the newer era', () => throughNewer('/endpoints/chosen/mcp')],
    ['all servers at once', () => throughOlder('/mcp')],
    ['one server, between two eras', () => throughNewer('/servers/watched/mcp')],
  ] as const)('goes on in _meta where the body is ours: %s', async (_face, pass) => {
    await pass();
    const { meta } = calledWith();
    expect(meta['traceparent']).toMatch(new RegExp(`^00-${TRACE_ID}-[0-9a-f]{16}-01$`));
    expect(meta['traceparent']).not.toBe(SENT);
  });

  it.each([
    ['server', 'relayed', () => throughOlder('/servers/watched/mcp')],
    ['server', 'between two eras', () => throughNewer('/servers/watched/mcp')],
    ['endpoint', 'a virtual endpoint', () => throughNewer('/endpoints/chosen/mcp')],
    ['all', 'all servers at once', () => throughOlder('/mcp')],
  ] as const)(
    'E11: is a span of ours and one towards the server, without arguments: %s, %s',
    async (face, _how, pass) => {
      await pass();
      const { headers, meta } = calledWith();
      // The answer may be there a moment before its story.
      await eventually(() => spanOf('client'), PATIENCE);
      const client = spanOf('client');
      const server = serverSpan();
      expect([server.parent, client.parent]).toEqual([SENT, server.traceparent]);
      expect(headers['traceparent']).toBe(client.traceparent);
      if ('traceparent' in meta) expect(meta['traceparent']).toBe(client.traceparent);
      const common = {
        'mcp.method.name': 'tools/call',
        'gen_ai.operation.name': 'execute_tool',
        'mcp.protocol.version': expect.stringMatching(/^20\d\d-/) as string,
        'jsonrpc.request.id': expect.any(String) as string,
        'network.transport': 'tcp',
        'quayside.server': 'watched',
      };
      expect(server.attributes).toMatchObject({ ...common, 'quayside.face': face });
      expect(client.attributes).toMatchObject({ ...common, 'gen_ai.tool.name': 'echo' });
      expect(JSON.stringify(spans)).not.toContain('traced');
      expect([server.error, client.error]).toEqual([undefined, undefined]);
      expect(client.startedAtMs).toBeGreaterThanOrEqual(server.startedAtMs);
      expect(client.endedAtMs).toBeLessThanOrEqual(server.endedAtMs);
    },
  );

  it('is a span of HTTP with one towards the server at the REST face', async () => {
    await throughRest();
    const client = await eventually(() => {
      spanOf('server', HTTP_SERVER);
      return spanOf('client');
    }, PATIENCE);
    const { parent, traceparent, attributes } = spanOf('server', HTTP_SERVER);
    expect([parent, client.parent]).toEqual([SENT, traceparent]);
    expect(attributes).toMatchObject({
      'http.route': '/api/v1/mcp/tools/call',
      'http.response.status_code': 200,
    });
    expect(calledWith().meta['traceparent']).toBe(client.traceparent);
    expect(calledWith().headers['traceparent']).toBe(client.traceparent);
    expect(JSON.stringify(spans)).not.toContain('traced');
  });

  it('carries no baggage of callers, and is the one of the record', async () => {
    await throughOlder('/servers/watched/mcp');
    await throughOlder('/endpoints/chosen/mcp');
    await throughRest();
    for (const { headers, meta } of seen)
      expect([headers['baggage'], meta['baggage']]).toEqual([undefined, undefined]);
    const records = await world.trail('mcp.tool.called');
    const traces = records.map((row) => (row['detail'] as { trace_id?: string }).trace_id);
    expect(new Set(traces)).toEqual(new Set([TRACE_ID]));
    const faces = records.map((row) => (row['detail'] as { face: string }).face);
    expect(new Set(faces)).toEqual(new Set(['server', 'endpoint', 'rest', 'all']));
  });
});
