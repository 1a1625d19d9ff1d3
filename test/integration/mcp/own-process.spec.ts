import { type ChildProcess } from 'node:child_process';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { BridgeServer, SHARED_SESSION, StdioBridge } from '@app/mcp';
import { eventually } from '@app/testing';
import { packageProgram } from '../../../src/bundled';
import { Started, stop } from './processes';

const ARGS = [packageProgram('@modelcontextprotocol/server-everything'), 'stdio'];
const LIMIT = 3;
const PATIENCE_MS = 60_000;
jest.setTimeout(180_000);

describe('a process for each session', () => {
  const started = new Started();
  const bridges = new BridgeServer({ host: '127.0.0.1', verify: () => true });
  let url: string;
  let running = 0;
  let youngest: ChildProcess | undefined;

  beforeAll(async () => {
    await bridges.start();
    const shared = new StdioBridge(started.child(ARGS), { serverName: 'isolated' });
    await shared.open(PATIENCE_MS);
    url = bridges.attach('isolated', shared, {
      limit: LIMIT,
      start: () => {
        const child = started.child(ARGS);
        running += 1;
        youngest = child;
        const end = async (): Promise<void> => {
          await stop(child);
          running -= 1;
        };
        return Promise.resolve({ stdin: child.stdin, stdout: child.stdout, stderr: child.stderr, stop: end });
      },
    });
  }, 180_000);

  afterAll(async () => {
    await bridges.stop();
    await started.end();
  });

  const connect = async (name: string): Promise<{ client: Client; end: () => Promise<void> }> => {
    const client = new Client({ name, version: '1' }, { capabilities: { sampling: {}, elicitation: {} } });
    client.setRequestHandler('sampling/createMessage', () => ({
      model: 'test',
      role: 'assistant' as const,
      content: { type: 'text' as const, text: `sampled by ${name}` },
    }));
    const transport = new StreamableHTTPClientTransport(new URL(url));
    await client.connect(transport);
    return {
      client,
      end: async () => {
        await transport.terminateSession();
        await client.close();
      },
    };
  };

  it('asks only the client it belongs to, and ends with its session', async () => {
    const one = await connect('one');
    const two = await connect('two');
    expect(running).toBe(2);

    const ask = { name: 'trigger-sampling-request', arguments: { prompt: 'hello', maxTokens: 10 } };
    const [first, second] = await Promise.all([one.client.callTool(ask), two.client.callTool(ask)]);
    expect(JSON.stringify(first)).toContain('sampled by one');
    expect(JSON.stringify(second)).toContain('sampled by two');

    await Promise.all([one.end(), two.end()]);
    await eventually(() => {
      expect(running).toBe(0);
    });
  });

  const begin = (headers: Record<string, string> = {}): Promise<Response> =>
    fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({
        jsonrpc: '2.0',
        id: 1,
        method: 'initialize',
        params: { protocolVersion: '2025-11-25' },
      }),
    });

  it('is refused beyond the bound, with the way out, and begins again where another ends', async () => {
    // A standing stream keeps a session in use, so none of them may be ended for a newcomer.
    const clients = await Promise.all(Array.from({ length: LIMIT }, (_, at) => connect(`client-${at}`)));
    const refused = await begin();
    expect(refused.status).toBe(503);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await refused.json()).toMatchObject({
      error: {
        data: { reason: 'session_limit_reached', hint: expect.stringContaining('max_sessions') as string },
      },
    });

    await clients[0]?.end();
    const newcomer = await connect('newcomer');
    expect(running).toBe(LIMIT);
    await Promise.all([newcomer, ...clients.slice(1)].map(({ end }) => end()));
    await eventually(() => {
      expect(running).toBe(0);
    });
  });

  it('is not started for whoever says that the shared one will do', async () => {
    const { status, headers } = await begin(SHARED_SESSION);
    expect(status).toBe(200);
    expect(running).toBe(0);
    const ended = await fetch(url, {
      method: 'DELETE',
      headers: { 'mcp-session-id': headers.get('mcp-session-id') ?? '' },
    });
    expect(ended.status).toBe(200);
  });

  it('takes its session with it when it dies, and the open call hears why', async () => {
    const { client } = await connect('bereaved');
    const open = client.callTool({
      name: 'trigger-long-running-operation',
      arguments: { duration: 600, steps: 600 },
    });
    const failed = expect(open).rejects.toThrow(/gives no answer/);
    await eventually(() => {
      expect(youngest?.exitCode).toBeNull();
    });
    await client.ping();
    youngest?.kill('SIGKILL');
    await failed;
    await eventually(async () => {
      await expect(client.ping()).rejects.toThrow(/[Ss]ession/);
    });
    expect(running).toBe(0);
    await client.close();
  });
});
