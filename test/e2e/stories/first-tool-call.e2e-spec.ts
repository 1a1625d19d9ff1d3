import { type InstanceBody } from '../api';
import { Installation } from '../installation';
import { processesOf } from '../processes';

/** Elsewhere there is no table of processes to find it in. */
const itOnLinux = process.platform === 'linux' ? it : it.skip;

/** The first may take the others with it. */
function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** The main job without Docker and without Redis: what `npm start` gives a new user. */
describe('from a template to a tool call, on the process engine', () => {
  let quayside: Installation;

  beforeAll(async () => {
    quayside = await Installation.start();
  }, 180_000);

  afterAll(() => quayside.stop());

  it('offers the built-in templates', async () => {
    const { templates } = await quayside.api.ok<{ templates: { name: string }[] }>('GET', '/mcp/templates');
    expect(templates.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['everything', 'filesystem', 'memory', 'echo', 'fastapi']),
    );
  });

  it('starts an instance, lists its tools, calls one, and removes it', async () => {
    const created = await quayside.api.request<InstanceBody>('POST', '/mcp/instances', {
      name: 'echo-1',
      template: 'echo',
    });
    expect(created.status).toBe(201);
    expect(created.body).toMatchObject({ name: 'echo-1', status: 'requested' });
    expect(created.headers.get('location')).toContain(created.body.id);

    const running = await quayside.reaches('echo-1', 'running');
    expect(running.container).toMatchObject({ engine: 'process' });

    const { tools } = await quayside.api.ok<{ tools: { server_name: string; name: string }[] }>(
      'GET',
      '/mcp/tools?server_name=echo-1',
    );
    expect(tools).toContainEqual(expect.objectContaining({ server_name: 'echo-1', name: 'echo' }));

    const answer = await quayside.api.ok('POST', '/mcp/tools/call', {
      server_name: 'echo-1',
      tool_name: 'echo',
      arguments: { message: 'hello' },
    });
    expect(answer).toMatchObject({ server_name: 'echo-1', tool_name: 'echo', is_error: false });
    expect(JSON.stringify(answer['content'])).toContain('hello');

    const { servers } = await quayside.api.ok<{ servers: { name: string; healthy: boolean }[] }>(
      'GET',
      '/mcp/servers/status',
    );
    expect(servers).toContainEqual(expect.objectContaining({ name: 'echo-1', healthy: true }));

    expect((await quayside.api.request('DELETE', '/mcp/instances/echo-1')).status).toBe(202);
    await quayside.vanishes('echo-1');
  }, 180_000);

  it('runs the official everything, filesystem and memory servers', async () => {
    const names = ['everything', 'filesystem', 'memory'];
    await Promise.all(
      names.map((name) =>
        quayside.api.ok('POST', '/mcp/instances?wait=60', { name: `t-${name}`, template: name }),
      ),
    );
    for (const name of names) await quayside.reaches(`t-${name}`, 'running', 120_000);

    const { tools, degraded } = await quayside.api.ok<{
      tools: { server_name: string }[];
      degraded: unknown[];
    }>('GET', '/mcp/tools');
    expect(new Set(tools.map(({ server_name: server }) => server))).toEqual(
      new Set(names.map((name) => `t-${name}`)),
    );
    expect(degraded).toEqual([]);
  }, 240_000);

  it('says to everybody what it tells, and in which shape', async () => {
    const open = async (path: string): Promise<Response> => {
      const response = await fetch(`http://127.0.0.1:${String(quayside.port('all-in-one'))}${path}`);
      expect([path, response.status]).toEqual([path, 200]);
      return response;
    };
    expect(await (await open('/asyncapi.json')).json()).toMatchObject({ asyncapi: '3.0.0' });
    const page = await (await open('/docs/events')).text();
    const schema = /\/schemas\/events\/mcp\.instance\.running\.v1\.json/.exec(page)?.[0] ?? 'none';
    expect(await (await open(schema)).json()).toMatchObject({ title: 'mcp.instance.running' });
  });

  it('keeps a history of what happened, why and by whom', async () => {
    const body = await quayside.api.ok<{ events: { name?: string; type?: string }[] }>(
      'GET',
      '/mcp/instances/t-memory/events',
    );
    const text = JSON.stringify(body);
    expect(text).toContain('mcp.instance.create.requested');
    expect(text).toContain('mcp.instance.running');
  });

  itOnLinux(
    'starts a killed server again by itself',
    async () => {
      const before = await quayside.api.ok<InstanceBody>('GET', '/mcp/instances/t-everything');
      const processes = processesOf(before.container?.id ?? 'none');
      expect(processes).not.toEqual([]);
      for (const pid of processes) kill(pid);
      await quayside.settles(
        't-everything',
        ({ container }) => container !== undefined && container.id !== before.container?.id,
        'another process',
      );
      await quayside.reaches('t-everything', 'running', 120_000);
    },
    240_000,
  );
});
