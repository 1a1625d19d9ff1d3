import { BridgeServer, StdioBridge } from '@app/mcp';
import { packageProgram } from '../../../src/bundled';
import { Started, stop } from '../mcp/processes';
import { type Asked, askedOf, CALL, http, reply, wordsOf } from './aggregate/asked';
import { Everything } from './everything';
import { World } from './world';

jest.setTimeout(180_000);

const streamsOf = ({ stdin, stdout, stderr }: ReturnType<Started['child']>) => ({ stdin, stdout, stderr });

describe('tools that a server has only for those who can be asked', () => {
  let world: World;
  const everything = new Everything();
  const TOOL = 'trigger-elicitation-request';

  beforeAll(async () => {
    [world] = await Promise.all([World.start(), everything.start()]);
    await world.instance({ name: 'everything', upstream: http(everything.url) });
  });
  afterAll(async () => {
    await (world as World | undefined)?.stop();
    await everything.end();
  });

  it('are listed for them alone', async () => {
    const listed = async (query: string): Promise<readonly string[]> => {
      const { status, body } = await world.get(`/api/v1/mcp/tools?server_name=everything${query}`);
      expect(status).toBe(200);
      return (body['tools'] as { name: string }[]).map(({ name }) => name);
    };
    expect(await listed('&accept_input=true')).toContain(TOOL);
    expect(await listed('&accept_input=false')).not.toContain(TOOL);
    expect(await listed('')).not.toContain(TOOL);
    expect((await world.get('/api/v1/mcp/tools?accept_input=perhaps')).status).toBe(400);
  });

  it('are called by them alone', async () => {
    const body = { server_name: 'everything', tool_name: TOOL, arguments: {} };
    expect((await world.request('POST', CALL, body)).body['code']).toBe('tool_unknown');
    const asked = askedOf(await world.request('POST', CALL, { ...body, accept_input: true }));
    const declined = reply(asked, { action: 'decline' });
    expect(wordsOf(await world.request('POST', CALL, { ...body, ...declined }))).toContain('declined');
  });
});

describe('a server whose sessions have processes of their own', () => {
  const started = new Started();
  const bridges = new BridgeServer({ host: '127.0.0.1', verify: () => true });
  const program = [packageProgram('@modelcontextprotocol/server-everything'), 'stdio'];
  let world: World;
  let processes = 0;

  beforeAll(async () => {
    world = await World.start();
    await bridges.start();
    const shared = new StdioBridge(started.child(program), { serverName: 'alone' });
    await shared.open();
    const url = bridges.attach('alone', shared, {
      limit: 4,
      start: () => {
        const child = started.child(program);
        processes += 1;
        return Promise.resolve({ ...streamsOf(child), stop: () => stop(child) });
      },
    });
    const spec = { type: 'stdio', command: 'everything', session_isolation: 'per_session' } as const;
    await world.instance({ name: 'alone', spec, upstream: { kind: 'bridge', urls: [url] } });
  });
  afterAll(async () => {
    await (world as World | undefined)?.stop();
    await bridges.stop();
    await started.end();
  });

  it('asks each call by itself', async () => {
    const body = { server_name: 'alone', tool_name: 'trigger-elicitation-request', arguments: {} };
    const begin = async (): Promise<Asked> =>
      askedOf(await world.request('POST', CALL, { ...body, accept_input: true }));
    const [one, other] = await Promise.all([begin(), begin()]);
    expect(processes).toBe(2);
    const named = (name: string) => ({ action: 'accept', content: { name, integer: 7 } });
    const second = await world.request('POST', CALL, { ...body, ...reply(other, named('Grace')) });
    const first = await world.request('POST', CALL, { ...body, ...reply(one, named('Ada')) });
    expect([wordsOf(first), wordsOf(second)]).toEqual([
      expect.stringContaining('Ada'),
      expect.stringContaining('Grace'),
    ]);
    // Everybody else goes on with the process that is there for all.
    const echo = { server_name: 'alone', tool_name: 'echo', arguments: { message: 'hi' } };
    expect((await world.request('POST', CALL, echo)).status).toBe(200);
    expect(processes).toBe(2);
  });
});
