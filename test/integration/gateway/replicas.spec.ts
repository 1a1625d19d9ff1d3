import { type UpstreamReport } from '@app/contracts';
import { eventually } from '@app/testing';
import { call, FaceWorld, newerCall } from './face-world';
import { ScriptedUpstream } from './scripted-upstream';

describe('calls to several replicas', () => {
  const faces = new FaceWorld();
  const { older, newer } = faces;
  const SERVED = { kind: 'http', transport: 'streamable-http', remote: false } as const;
  const servers = {
    older: [older, new ScriptedUpstream('older')],
    newer: [newer, new ScriptedUpstream('newer')],
  };
  const everywhere = (all: readonly ScriptedUpstream[]): UpstreamReport => ({
    ...SERVED,
    urls: all.map(({ url }) => url),
    replicas: all.map(({ url }, replica) => ({ replica, urls: [url] })),
  });
  const only = (all: readonly ScriptedUpstream[], replica: number): UpstreamReport => {
    const urls = [all[replica]!.url];
    return { ...SERVED, urls, replicas: [{ replica, urls }] };
  };
  const calls = (server: ScriptedUpstream) => server.messages('tools/call').length;
  const many = async (path: string, count: number, headers: object = {}) => {
    for (let id = 1; id <= count; id += 1) {
      const [message, own] = path.includes('newer') ? newerCall(id, 'echo') : [call(id), {}];
      expect((await faces.post(path, message, { ...own, ...headers })).body).toMatchObject({
        id,
        result: {},
      });
    }
  };
  let twins = '';
  let elders = '';

  beforeAll(async () => {
    await faces.start();
    await Promise.all([servers.older[1]!.start(), servers.newer[1]!.start()]);
    const spec = { type: 'docker', image: 'test/any:latest', port: 80 } as const;
    const made = (name: string, upstream: UpstreamReport) => faces.world.instance({ name, spec, upstream });
    twins = await made('twins-newer', everywhere(servers.newer));
    elders = await made('twins-older', everywhere(servers.older));
    await faces.world.truth.db.execute(
      `UPDATE instance_status SET era = CASE instance_id WHEN $1::uuid THEN 'newer' ELSE 'older' END WHERE instance_id IN ($1, $2)`,
      [twins, elders],
    );
  }, 180_000);
  beforeEach(() => {
    for (const server of [...servers.older, ...servers.newer]) {
      server.script = () => false;
      server.heard.length = 0;
    }
  });
  afterAll(async () => {
    await faces.stop();
    await Promise.all([servers.older[1]!.stop(), servers.newer[1]!.stop()]);
  });

  it('gives each its share, and new calls to the one that has less to do', async () => {
    await many('/servers/twins-newer/mcp', 6);
    expect(servers.newer.map(calls)).toEqual([3, 3]);

    let letGo = (): void => undefined;
    const held = new Promise<void>((resolve) => (letGo = resolve));
    for (const server of servers.newer)
      server.script = async ({ message }) => {
        if (message.params?.name === 'slow') await held;
        return false;
      };
    const slow = faces.post('/servers/twins-newer/mcp', ...newerCall(9, 'slow'));
    await eventually(() => {
      expect(servers.newer.map(calls).reduce((a, b) => a + b)).toBe(7);
    });
    const busy = servers.newer.findIndex((server) => calls(server) === 4);
    await many('/servers/twins-newer/mcp', 4);
    expect(calls(servers.newer[busy]!)).toBe(4);

    // The other one goes: what the busy one is at goes on.
    await faces.world.report(twins, 'degraded', only(servers.newer, busy));
    letGo();
    expect((await slow).body).toMatchObject({ id: 9, result: {} });
    await faces.world.report(twins, 'running', everywhere(servers.newer));
  });

  it('goes to another one where nobody listens any more, before anything is reported', async () => {
    const gone = new ScriptedUpstream('newer');
    await gone.start();
    const upstream = everywhere([servers.newer[0]!, gone]);
    await gone.stop();
    await faces.world.instance({ name: 'half-newer', upstream });
    await many('/servers/half-newer/mcp', 6);
    const asked = { server_name: 'half-newer', tool_name: 'none', arguments: {} };
    const answers = await Promise.all(
      [1, 2, 3, 4].map(() => faces.world.request('POST', '/api/v1/mcp/tools/call', asked)),
    );
    // Each has been told by a server that lives that it has no such tool.
    expect(answers.map(({ body }) => body['code'])).toEqual(Array(4).fill('tool_unknown'));
  });

  it('keeps a session with its replica, and begins it again once when that is gone', async () => {
    const session = await faces.begin('/servers/twins-older/mcp');
    const home = servers.older.findIndex((server) => server.messages('initialize').length > 0);
    await many('/servers/twins-older/mcp', 5, session);
    expect(calls(servers.older[home]!)).toBe(5);
    expect(calls(servers.older[1 - home]!)).toBe(0);

    await faces.world.report(elders, 'degraded', only(servers.older, 1 - home));
    await eventually(async () => {
      await many('/servers/twins-older/mcp', 1, session);
      expect(servers.older[1 - home]!.messages('initialize')).toHaveLength(1);
    });
    await faces.world.report(elders, 'running', everywhere(servers.older));
    const before = calls(servers.older[home]!);
    await many('/servers/twins-older/mcp', 4, session);
    expect(servers.older[1 - home]!.messages('initialize')).toHaveLength(1);
    expect(calls(servers.older[home]!)).toBe(before);
  });
});
