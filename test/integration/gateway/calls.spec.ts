import { eventually, freePort } from '@app/testing';
import { Everything } from './everything';
import { type Answer, World } from './world';

const CALL = '/api/v1/mcp/tools/call';
const http = (url: string) =>
  ({ kind: 'http', urls: [url], transport: 'streamable-http', remote: false }) as const;

interface Tool {
  readonly server_name: string;
  readonly name: string;
  readonly input_schema: { readonly type: string };
}
interface Degraded {
  readonly server_name: string;
  readonly reason: string;
}
const toolsOf = ({ body }: Answer): readonly Tool[] => body['tools'] as Tool[];
const degradedOf = ({ body }: Answer): readonly string[] =>
  (body['degraded'] as Degraded[]).map(({ server_name }) => server_name);

describe('calls through the gateway', () => {
  let world: World;
  const everything = new Everything();

  const call = (server: string, tool: string, args: object = {}, more: object = {}): Promise<Answer> =>
    world.request('POST', CALL, { server_name: server, tool_name: tool, arguments: args, ...more });

  beforeAll(async () => {
    [world] = await Promise.all([World.start(), everything.start()]);
    await world.instance({ name: 'everything', upstream: http(everything.url) });
  }, 180_000);

  afterAll(async () => {
    await (world as World | undefined)?.stop();
    await everything.end();
  });

  it('reach an instance that became ready a moment ago, without any notice of it', async () => {
    const { status, body } = await call('everything', 'echo', { message: 'hello' });
    expect(status).toBe(200);
    expect(body).toMatchObject({ server_name: 'everything', tool_name: 'echo', is_error: false });
    expect(JSON.stringify(body['content'])).toContain('hello');
    expect(body['request_id']).toEqual(expect.any(String));
  });

  it('work under the printed path as well', async () => {
    const arguments_ = { message: 'printed' };
    const printed = { server_name: 'everything', tool_name: 'echo', arguments: arguments_ };
    expect((await world.request('POST', '/mcp/tools/call', printed)).status).toBe(200);
    expect(toolsOf(await world.get('/mcp/tools?server_name=everything')).length).toBeGreaterThan(3);
  });

  it('are refused before the server sees them when the arguments do not fit, with pointers', async () => {
    const { status, body } = await call('everything', 'echo', { message: 5 });
    expect([status, body['code']]).toEqual([422, 'tool_arguments_invalid']);
    expect(body['errors']).toEqual([expect.objectContaining({ pointer: '/arguments/message' })]);
  });

  it.each([
    ['a server that nobody has', 'nobody', 'echo', 404, 'server_unknown'],
    ['a tool that the server lacks', 'everything', 'nothing', 404, 'tool_unknown'],
  ])('name %s', async (_what, server, tool, status, code) => {
    const answer = await call(server, tool, { message: 'x' });
    expect([answer.status, answer.body['code']]).toEqual([status, code]);
  });

  it.each([
    [{ server_name: 'everything' }, 422],
    [{ server_name: 'everything', tool_name: 'echo', argumants: {} }, 400],
    [{ server_name: 'everything', tool_name: 'echo', arguments: [] }, 422],
    [{ server_name: 'everything', tool_name: 'echo', timeout_ms: 0 }, 422],
  ])('refuse %j with %i', async (body, status) => {
    expect((await world.request('POST', CALL, body)).status).toBe(status);
  });

  it('need their permission', async () => {
    const { key } = await world.issueKey('viewer');
    const body = { server_name: 'everything', tool_name: 'echo', arguments: { message: 'x' } };
    const answer = await world.request('POST', CALL, body, { authorization: `Bearer ${key}` });
    expect(answer.status).toBe(403);
  });

  it('leave a record of who, what and how long, by the shape of the arguments', async () => {
    await call('everything', 'echo', { message: 'a very private text' });
    await eventually(async () => {
      const records = await world.trail('mcp.tool.called');
      const details = records.map((row) => row['detail']);
      expect(details).toContainEqual(
        expect.objectContaining({ tool_name: 'echo', arguments: ['message: string(19)'], is_error: false }),
      );
      expect(JSON.stringify(records)).not.toContain('private');
      expect(records[0]).toMatchObject({ actor: 'key:bootstrap', outcome: 'succeeded' });
    });
  });

  it('end when the caller’s time is up, and do not count against the server', async () => {
    const slow = { duration: 60, steps: 2 };
    for (let attempt = 0; attempt < 6; attempt += 1) {
      const answer = await call('everything', 'trigger-long-running-operation', slow, { timeout_ms: 100 });
      expect([answer.status, answer.body['code']]).toEqual([504, 'call_timed_out']);
      expect(answer.body['upstream']).toEqual({ server_name: 'everything', layer: 'timeout' });
    }
    expect((await call('everything', 'echo', { message: 'still there' })).status).toBe(200);
  });

  it('are not repeated when they may have begun', async () => {
    let calls = 0;
    const url = await everything.relay((_headers, { method }) => {
      if (method !== 'tools/call') return 'pass';
      calls += 1;
      return 'break';
    });
    await world.instance({ name: 'breaks', upstream: http(url) });
    const answer = await call('breaks', 'echo', { message: 'once' });
    expect([answer.status, answer.body['code']]).toEqual([502, 'call_outcome_unknown']);
    expect(answer.body['detail']).toMatch(/may have begun/);
    expect(calls).toBe(1);
  });

  it('open the circuit of a server that keeps failing, visibly', async () => {
    const url = await everything.relay((_headers, { method }) =>
      method === 'tools/call' ? 'break' : 'pass',
    );
    await world.instance({ name: 'keeps-failing', upstream: http(url) });
    const codes = new Set<unknown>();
    await eventually(async () => {
      const answer = await call('keeps-failing', 'echo', { message: 'x' });
      codes.add(answer.body['code']);
      expect(answer.body['code']).toBe('circuit_open');
      expect(answer.status).toBe(503);
      expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
    });
    expect(codes).toContain('call_outcome_unknown');
    await eventually(async () => {
      const { status, body } = await world.get('/health');
      expect([status, JSON.stringify(body['checks'])]).toEqual([
        200,
        expect.stringContaining('The circuit of 1 servers is open.'),
      ]);
    });
    const { body } = await world.get('/api/v1/mcp/servers/status');
    const servers = body['servers'] as { name: string; circuit: string; healthy: boolean }[];
    expect(servers.find(({ name }) => name === 'keeps-failing')).toMatchObject({
      circuit: 'open',
      healthy: false,
    });
    expect(servers.find(({ name }) => name === 'everything')).toMatchObject({
      circuit: 'closed',
      healthy: true,
    });
  });

  it('say that a server is down, which layer failed, and when to come back', async () => {
    await world.instance({ name: 'gone', upstream: http(`http://127.0.0.1:${await freePort()}/mcp`) });
    const answer = await call('gone', 'echo', { message: 'x' });
    expect([502, 503]).toContain(answer.status);
    expect(answer.body['upstream']).toEqual({ server_name: 'gone', layer: 'tcp' });
    await world.instance({ name: 'starts', phase: 'starting' });
    const starting = await call('starts', 'echo', { message: 'x' });
    expect([starting.status, starting.body['code']]).toEqual([503, 'server_not_running']);
    expect(starting.headers['retry-after']).toBeDefined();
  });

  it('follow an instance that moved', async () => {
    const id = await world.instance({
      name: 'moves',
      upstream: http(`http://127.0.0.1:${await freePort()}/mcp`),
    });
    expect((await call('moves', 'echo', { message: 'x' })).status).not.toBe(200);
    await world.report(id, 'running', http(everything.url));
    await eventually(async () => {
      expect((await call('moves', 'echo', { message: 'x' })).status).toBe(200);
    });
  });

  it('list the tools of the living, and name the dead', async () => {
    await world.instance({ name: 'stopped-on-purpose', desired: 'stopped', phase: 'stopped' });
    await eventually(async () => {
      const answer = await world.get('/api/v1/mcp/tools');
      expect(answer.status).toBe(200);
      const echo = toolsOf(answer).find(
        ({ server_name, name }) => server_name === 'everything' && name === 'echo',
      );
      expect(echo?.input_schema.type).toBe('object');
      expect(degradedOf(answer)).toEqual(expect.arrayContaining(['gone', 'starts']));
      expect(degradedOf(answer)).not.toContain('stopped-on-purpose');
    });
  });

  it('read resources and prompts', async () => {
    const { body } = await world.get('/api/v1/mcp/resources?server_name=everything');
    const [resource] = body['resources'] as { uri: string; server_name: string }[];
    expect(resource?.server_name).toBe('everything');
    const read = { server_name: 'everything', uri: resource?.uri };
    expect((await world.request('POST', '/api/v1/mcp/resources/read', read)).body['contents']).not.toEqual(
      [],
    );

    const listed = await world.get('/api/v1/mcp/prompts?server_name=everything');
    expect((listed.body['prompts'] as { name: string }[]).map(({ name }) => name)).toContain('args-prompt');
    const get = { server_name: 'everything', prompt_name: 'args-prompt', arguments: { city: 'Oslo' } };
    const got = await world.request('POST', '/api/v1/mcp/prompts/get', get);
    expect(JSON.stringify(got.body['messages'])).toContain('Oslo');
    const wrong = { ...get, arguments: { city: 5 } };
    expect((await world.request('POST', '/api/v1/mcp/prompts/get', wrong)).status).toBe(422);
  });

  it('tell what is not there from what is asked for wrongly', async () => {
    const server = { server_name: 'everything' };
    const refused = async (path: string, body: object) => {
      const answer = await world.request('POST', `/api/v1/mcp/${path}`, { ...server, ...body });
      return [answer.status, answer.body['code']];
    };
    expect(await refused('resources/read', { uri: 'nowhere://x' })).toEqual([404, 'resource_unknown']);
    expect(await refused('prompts/get', { prompt_name: 'nobody' })).toEqual([404, 'prompt_unknown']);
    const noCity = await refused('prompts/get', { prompt_name: 'args-prompt' });
    expect(noCity).toEqual([422, 'prompt_arguments_invalid']);
  });

  it('go on while the database is away; what would change something is refused', async () => {
    expect((await call('everything', 'echo', { message: 'before' })).status).toBe(200);
    world.line.cut();
    try {
      for (let attempt = 0; attempt < 5; attempt += 1) {
        expect((await call('everything', 'echo', { message: 'meanwhile' })).status).toBe(200);
      }
      expect((await world.get('/api/v1/mcp/servers/status')).status).toBe(200);
      const endpoint = { name: 'meanwhile', instances: ['everything'] };
      const refused = await world.request('POST', '/api/v1/mcp/endpoints', endpoint);
      expect([refused.status, refused.body['code']]).toEqual([503, 'database_unavailable']);
      expect(refused.headers['retry-after']).toBeDefined();
      expect((await world.get('/health/live')).status).toBe(200);
      expect((await world.get('/health/ready')).status).toBe(200);
      await eventually(async () => {
        expect((await world.get('/health')).body['status']).toBe('degraded');
      });
    } finally {
      world.line.mend();
    }
    await eventually(async () => {
      const records = await world.trail('mcp.tool.called');
      const shapes = records.map((row) => (row['detail'] as { arguments: string[] }).arguments[0]);
      expect(shapes.filter((shape) => shape === 'message: string(9)')).toHaveLength(5);
    });
  });
});
