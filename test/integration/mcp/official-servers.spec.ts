import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BridgeServer, connectMcp, type McpSession, probeMcp, StdioBridge } from '@app/mcp';
import { eventually, freePort } from '@app/testing';
import { packageProgram } from '../../../src/bundled';
import { Started } from './processes';

const TOKEN = 'a-token-for-the-bridge';
const EVERYTHING = packageProgram('@modelcontextprotocol/server-everything');
const PATIENCE_MS = 60_000;
jest.setTimeout(180_000);

describe('the official servers', () => {
  const started = new Started();
  const bridgeServer = new BridgeServer({
    host: '127.0.0.1',
    verify: ({ token, instanceId }) => token === TOKEN && instanceId.startsWith('i-'),
  });
  let home: string;

  const bridged = async (
    id: string,
    args: readonly string[],
    environment: Readonly<Record<string, string>> = {},
  ): Promise<{ url: string; bridge: StdioBridge }> => {
    const child = started.child(args, environment);
    const bridge = new StdioBridge(child, { serverName: id });
    await bridge.open(PATIENCE_MS);
    return { url: bridgeServer.attach(id, bridge), bridge };
  };

  const connect = (url: string): Promise<McpSession> =>
    connectMcp({ url, fetch, headers: { authorization: `Bearer ${TOKEN}` }, timeoutMs: PATIENCE_MS });

  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'quayside-mcp-'));
    await bridgeServer.start();
  });

  afterAll(async () => {
    await bridgeServer.stop();
    await started.end();
    await rm(home, { recursive: true, force: true });
  });

  it('"everything" over streamable HTTP lists, calls, reads and prompts', async () => {
    const port = await freePort();
    started.child([EVERYTHING, 'streamableHttp'], { PORT: String(port) });
    const url = `http://127.0.0.1:${port}/mcp`;
    const session = await eventually(() => connectMcp({ url, fetch, timeoutMs: PATIENCE_MS }), {
      deadlineMs: PATIENCE_MS,
    });

    expect(session.era).toBe('older');
    expect((await session.listTools()).map(({ name }) => name)).toContain('echo');
    expect(await session.callTool('echo', { message: 'hello' })).toMatchObject({
      content: [{ type: 'text', text: 'Echo: hello' }],
    });
    const resources = await session.listResources();
    expect((await session.readResource(resources[0]!.uri)).contents).toHaveLength(1);
    const prompts = await session.listPrompts();
    expect(prompts.length).toBeGreaterThan(0);
    await session.ping();
    await session.close();

    const probe = await probeMcp({ url, fetch, timeoutMs: PATIENCE_MS });
    expect(probe).toMatchObject({ era: 'older', url });
    expect(probe.tools).toBeGreaterThan(5);
  });

  it('"everything" over SSE answers calls and progress', async () => {
    const port = await freePort();
    started.child([EVERYTHING, 'sse'], { PORT: String(port) });
    const url = `http://127.0.0.1:${port}/sse`;
    const session = await eventually(
      () => connectMcp({ url, transport: 'sse', fetch, timeoutMs: PATIENCE_MS }),
      { deadlineMs: PATIENCE_MS },
    );
    const progress: unknown[] = [];
    const result = await session.callTool(
      'trigger-long-running-operation',
      { duration: 0.2, steps: 2 },
      { onProgress: (step) => progress.push(step.progress) },
    );

    expect(result.isError).not.toBe(true);
    expect(progress).toEqual([1, 2]);
    await session.close();
  });

  it('"everything" over stdio serves many clients with one process', async () => {
    const { url, bridge } = await bridged('i-everything', [EVERYTHING, 'stdio']);
    expect(bridge.verdict.era).toBe('older');
    const sessions = await Promise.all(Array.from({ length: 5 }, () => connect(url)));

    const answers = await Promise.all(
      sessions.flatMap((session, who) =>
        Array.from({ length: 10 }, (_, call) => session.callTool('echo', { message: `${who}/${call}` })),
      ),
    );

    const texts = answers.map(({ content }) => (content[0] as { text: string }).text);
    expect(texts).toEqual(
      sessions.flatMap((_, who) => Array.from({ length: 10 }, (__, call) => `Echo: ${who}/${call}`)),
    );
    await Promise.all(sessions.map((session) => session.close()));
    expect(bridgeServer.sessionCount('i-everything')).toBe(0);
  });

  it('progress through the bridge reaches the client that asked, and only that one', async () => {
    const { url } = await bridged('i-progress', [EVERYTHING, 'stdio']);
    const sessions = [await connect(url), await connect(url)] as const;
    const heard: unknown[] = [];

    await Promise.all(
      sessions.map((session, who) =>
        session.callTool(
          'trigger-long-running-operation',
          { duration: 0.2, steps: 2 },
          who === 0 ? { onProgress: (step) => heard.push([who, step.progress]) } : {},
        ),
      ),
    );

    expect(heard).toEqual([
      [0, 1],
      [0, 2],
    ]);
  });

  it('"memory" remembers', async () => {
    const file = join(home, 'memory.jsonl');
    const { url } = await bridged('i-memory', [packageProgram('@modelcontextprotocol/server-memory')], {
      MEMORY_FILE_PATH: file,
    });
    const session = await connect(url);
    await session.callTool('create_entities', {
      entities: [{ name: 'Quay', entityType: 'place', observations: ['is by the water'] }],
    });

    const graph = await session.callTool('read_graph', {});
    expect(JSON.stringify(graph)).toContain('is by the water');
  });

  it('"filesystem" reads below its directory and nowhere else', async () => {
    await writeFile(join(home, 'note.txt'), 'a note');
    const { url } = await bridged('i-files', [
      packageProgram('@modelcontextprotocol/server-filesystem'),
      home,
    ]);
    const session = await connect(url);

    const note = await session.callTool('read_text_file', { path: join(home, 'note.txt') });
    expect(note.content[0]).toMatchObject({ text: 'a note' });
    const outside = await session.callTool('read_text_file', { path: '/etc/hostname' });
    expect(outside.isError).toBe(true);
  });

  it('a child that dies fails the calls that are open, and says why', async () => {
    const child = started.child([EVERYTHING, 'stdio']);
    const bridge = new StdioBridge(child, { serverName: 'mortal' });
    await bridge.open(PATIENCE_MS);
    const session = await connect(bridgeServer.attach('i-mortal', bridge));
    const call = session.callTool('trigger-long-running-operation', { duration: 60, steps: 1 });
    const fails = expect(call).rejects.toMatchObject({
      code: 'upstream_unreachable',
      started: true,
      message: expect.stringContaining('its process ended') as string,
    });
    await eventually(() => {
      expect(bridge.pendingCount).toBe(1);
    });
    child.kill('SIGKILL');

    await fails;
  });

  it('an unknown token, an origin and an unknown instance are refused', async () => {
    const { url } = await bridged('i-guarded', [EVERYTHING, 'stdio']);
    const status = async (target: string, headers: Record<string, string>): Promise<number> =>
      (await fetch(target, { method: 'POST', body: '{}', headers })).status;

    expect(await status(url, {})).toBe(401);
    expect(await status(url, { authorization: `Bearer ${TOKEN}`, origin: 'http://evil.example' })).toBe(403);
    const nobody = url.replace('i-guarded', 'i-nobody');
    expect(await status(nobody, { authorization: `Bearer ${TOKEN}` })).toBe(503);
    expect(await status(url, { authorization: `Bearer ${TOKEN}` })).toBe(400);
  });
});
