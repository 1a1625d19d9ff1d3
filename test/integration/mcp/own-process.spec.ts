import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { BridgeServer, StdioBridge } from '@app/mcp';
import { eventually } from '@app/testing';
import { packageProgram } from '../../../src/bundled';
import { Started, stop } from './processes';

const ARGS = [packageProgram('@modelcontextprotocol/server-everything'), 'stdio'];
const PATIENCE_MS = 60_000;
jest.setTimeout(180_000);

describe('a process for each session', () => {
  const started = new Started();
  const bridges = new BridgeServer({ host: '127.0.0.1', verify: () => true });
  let url: string;
  let running = 0;

  beforeAll(async () => {
    await bridges.start();
    const shared = new StdioBridge(started.child(ARGS), { serverName: 'isolated' });
    await shared.open(PATIENCE_MS);
    url = bridges.attach('isolated', shared, {
      start: () => {
        const child = started.child(ARGS);
        running += 1;
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

  it('is refused beyond the bound', async () => {
    const clients = await Promise.all(Array.from({ length: 8 }, (_, at) => connect(`client-${at}`)));
    // A standing stream keeps a session in use, so none of them may be ended for a newcomer.
    await eventually(async () => {
      const answer = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({
          jsonrpc: '2.0',
          id: 1,
          method: 'initialize',
          params: { protocolVersion: '2025-11-25' },
        }),
      });
      expect(answer.status).toBe(503);
      expect(answer.headers.get('retry-after')).toBe('1');
    });
    await Promise.all(clients.map(({ end }) => end()));
  });
});
