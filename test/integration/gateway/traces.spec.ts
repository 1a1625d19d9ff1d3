import {
  Client as ClientOfTwo,
  StreamableHTTPClientTransport as TransportOfTwo,
} from '@modelcontextprotocol/client';
import { Client as ClientOfOne } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as TransportOfOne } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { Everything } from './everything';
import { BOOTSTRAP_KEY, World } from './world';

const LIMIT_MS = 120_000;
const TRACE_ID = '4bf92f3577b34da6a3ce929d0e0e4736';
const SENT = `00-${TRACE_ID}-00f067aa0ba902b7-01`;
const HEADERS = { authorization: `Bearer ${BOOTSTRAP_KEY}`, traceparent: SENT, baggage: 'user=somebody' };
const US = { name: 'tests', version: '1.0.0' };
const ECHO = { name: 'echo', arguments: { message: 'traced' } };

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

  beforeAll(async () => {
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
    // Clients keep their connections; nobody waits for them here.
    world.app.getHttpServer().closeAllConnections();
    await world.stop();
    await everything.end();
  });

  beforeEach(() => {
    seen.length = 0;
  });

  /** Of the one call that got there. */
  function calledWith(): Seen {
    const calls = seen.filter(({ method }) => method === 'tools/call');
    expect(calls).toHaveLength(1);
    const [call] = calls;
    if (call === undefined) throw new Error('Nothing got there.');
    return call;
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
