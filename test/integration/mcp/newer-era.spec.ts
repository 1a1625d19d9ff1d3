import { once } from 'node:events';
import { join } from 'node:path';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { BridgeServer, connectMcp, StdioBridge } from '@app/mcp';
import { packageProgram } from '../../../src/bundled';
import { Started } from './processes';

const FIXTURE = join(__dirname, 'newer-server.mjs');
const EVERYTHING = packageProgram('@modelcontextprotocol/server-everything');
const PATIENCE_MS = 60_000;
const authorization = 'Bearer token';
jest.setTimeout(180_000);

const textOf = (result: object): unknown => (result as { content: { text: string }[] }).content[0]?.text;

describe('the newer era', () => {
  const started = new Started();
  const bridges = new BridgeServer({ host: '127.0.0.1', verify: ({ token }) => token === 'token' });
  let newerHttp: string;
  let newerStdio: string;
  let olderStdio: string;

  /** The official client: it shares no code with ours. */
  const officialClient = async (url: string, era: 'older' | 'newer'): Promise<Client> => {
    const options = era === 'newer' ? { versionNegotiation: { mode: 'auto' as const } } : {};
    const client = new Client(
      { name: 'official', version: '1' },
      { capabilities: { elicitation: {} }, ...options },
    );
    const transport = new StreamableHTTPClientTransport(new URL(url), {
      requestInit: { headers: { authorization } },
    });
    await client.connect(transport);
    return client;
  };

  const bridged = async (id: string, args: readonly string[]): Promise<string> => {
    const bridge = new StdioBridge(started.child(args), { serverName: id });
    await bridge.open(PATIENCE_MS);
    return bridges.attach(id, bridge);
  };

  beforeAll(async () => {
    await bridges.start();
    const http = started.child([FIXTURE, '--http']);
    const [port] = (await once(http.stdout, 'data')) as [Buffer];
    newerHttp = `http://127.0.0.1:${port.toString().trim()}/mcp`;
    newerStdio = await bridged('newer', [FIXTURE]);
    olderStdio = await bridged('older', [EVERYTHING, 'stdio']);
  }, 180_000);

  afterAll(async () => {
    await bridges.stop();
    await started.end();
  });

  const ours = (url: string): ReturnType<typeof connectMcp> =>
    connectMcp({ url, fetch, headers: { authorization }, timeoutMs: PATIENCE_MS });

  it.each(['http', 'stdio'] as const)('our client finds it over %s, lists, calls, reads', async (over) => {
    const session = await ours(over === 'http' ? newerHttp : newerStdio);

    expect(session).toMatchObject({ era: 'newer', serverInfo: { name: 'newer-fixture' } });
    expect((await session.listTools()).map(({ name }) => name)).toContain('greet');
    expect(textOf(await session.callTool('greet', { name: 'Ada' }))).toBe('Hello, Ada');
    expect(textOf(await session.callTool('regional', { region: 'nørd ' }))).toBe('in nørd ');
    expect((await session.readResource('note://one')).contents).toMatchObject([{ text: 'a note' }]);
    await session.ping();
  });

  it('arguments that headers must repeat are learnt from the list when the server misses them', async () => {
    const session = await ours(newerHttp);
    expect(textOf(await session.callTool('regional', { region: 'north' }))).toBe('in north');
  });

  it('a preference for the older era is corrected', async () => {
    const session = await connectMcp({ url: newerHttp, fetch, prefer: 'older', timeoutMs: PATIENCE_MS });
    expect(session.era).toBe('newer');
  });

  it.each(['http', 'stdio'] as const)('progress over %s reaches the call', async (over) => {
    const session = await ours(over === 'http' ? newerHttp : newerStdio);
    const heard: unknown[] = [];
    await session.callTool('steps', {}, { onProgress: ({ progress }) => heard.push(progress) });
    expect(heard).toEqual([1, 2]);
  });

  it.each([
    ['older', 'older'],
    ['newer', 'older'],
    ['older', 'newer'],
    ['newer', 'newer'],
  ] as const)('the official %s client works with an %s process', async (clientEra, serverEra) => {
    const client = await officialClient(serverEra === 'older' ? olderStdio : newerStdio, clientEra);
    const call =
      serverEra === 'older'
        ? { name: 'echo', arguments: { message: 'hi' } }
        : { name: 'greet', arguments: { name: 'hi' } };

    expect((await client.listTools()).tools.map(({ name }) => name)).toContain(call.name);
    expect(textOf(await client.callTool(call))).toMatch(/hi$/);
    const { resources } = await client.listResources();
    expect((await client.readResource({ uri: resources[0]!.uri })).contents.length).toBe(1);
    await client.close();
  });

  it.each(['older', 'newer'] as const)(
    'a question reaches the official %s client and its answer the process',
    async (era) => {
      const client = await officialClient(newerStdio, era);
      client.setRequestHandler('elicitation/create', () => ({
        action: 'accept',
        content: { confirm: true },
      }));

      expect(textOf(await client.callTool({ name: 'deploy', arguments: {} }))).toBe('deployed');
      await client.close();
    },
  );

  it('a request whose headers contradict its body is refused', async () => {
    const _meta = {
      'io.modelcontextprotocol/protocolVersion': '2026-07-28',
      'io.modelcontextprotocol/clientCapabilities': {},
    };
    const ask = async (headers: Record<string, string>): Promise<unknown> => {
      const params = { name: 'greet', arguments: { name: 'x' }, _meta };
      const response = await fetch(newerStdio, {
        method: 'POST',
        headers: { authorization, 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ jsonrpc: '2.0', id: 7, method: 'tools/call', params }),
      });
      const body = (await response.json()) as { error?: { code: number } };
      return [response.status, body.error?.code];
    };
    const version = { 'mcp-protocol-version': '2026-07-28' };

    expect(await ask({})).toEqual([400, -32020]);
    expect(await ask({ ...version, 'mcp-method': 'tools/list', 'mcp-name': 'greet' })).toEqual([400, -32020]);
    expect(await ask({ ...version, 'mcp-method': 'tools/call', 'mcp-name': 'deploy' })).toEqual([
      400, -32020,
    ]);
    expect(await ask({ ...version, 'mcp-method': 'tools/call', 'mcp-name': '=?base64?Z3JlZXQ=?=' })).toEqual([
      200,
      undefined,
    ]);
  });
});
