import { type InstanceSpec } from '@app/contracts';
import { connectMcp, type McpSession } from '@app/mcp';
import { bridgeToken, trustedFetch } from '@app/security';
import { eventually } from '@app/testing';
import { McpProber } from '../../../src/provisioner/probe/mcp-prober';
import { stdioServer } from './support/stdio-server';
import { IMAGE, World } from './support/world';

const SESSIONS = { session_isolation: 'per_session', max_sessions: 2 } as const;
const BUNDLED: InstanceSpec = { type: 'stdio', command: 'echo', ...SESSIONS };
const IN_A_CONTAINER: InstanceSpec = { type: 'docker', image: IMAGE, transport: 'stdio', ...SESSIONS };
/** These servers answer for real, on a machine that may be busy. */
const TIMING = { timing: { probeTimeoutMs: 10_000 } };
const PATIENCE = { deadlineMs: 60_000 };
jest.setTimeout(180_000);

describe('a container for each session', () => {
  let world: World;
  const fetch = trustedFetch();
  beforeEach(async () => {
    world = await World.open({ program: stdioServer });
  });
  afterEach(() => world.close());
  afterAll(() => fetch.close());

  const connect = async (id: string): Promise<McpSession> => {
    const url = (await world.reaches(id, 'running')).upstream?.urls[0] ?? '';
    const headers = { authorization: `Bearer ${bridgeToken(world.keyring)}` };
    // Only the older era has sessions.
    return connectMcp({ url, fetch, headers, prefer: 'older' });
  };
  const engineOf = (spec: InstanceSpec) => (spec.type === 'stdio' ? world.bundled : world.docker);
  const sessionsOf = (id: string, spec: InstanceSpec) =>
    world.containersOf(id, engineOf(spec)).filter(({ spec: { identity } }) => identity.session !== undefined);

  it.each([
    ['on the engine of bundled servers', BUNDLED],
    ['on the container engine', IN_A_CONTAINER],
  ] as const)('%s is made, shown, bounded and removed with its session', async (_, spec) => {
    await world.start(TIMING, new McpProber());
    const id = await world.want(spec);
    await world.reaches(id, 'running');
    expect(sessionsOf(id, spec)).toEqual([]);

    const [one, two] = [await connect(id), await connect(id)];
    expect((await one.listTools()).map(({ name }) => name)).toEqual(['echo', 'add']);
    expect(sessionsOf(id, spec)).toHaveLength(2);
    // Two sessions must not meet over a network that they share.
    expect(sessionsOf(id, spec).map(({ spec: { networkId } }) => networkId)).toEqual([undefined, undefined]);
    await eventually(() => {
      const last = world.reports(id).at(-1);
      expect(last?.containers.filter(({ session }) => session !== undefined)).toHaveLength(2);
      expect(last?.reason).toContain('2 of at most 2');
    }, PATIENCE);
    await expect(connect(id)).rejects.toThrow();

    await one.close();
    await two.close();
    await eventually(() => {
      expect(sessionsOf(id, spec)).toEqual([]);
      expect(world.reports(id).at(-1)?.containers).toHaveLength(1);
    }, PATIENCE);
  });

  it('goes with its instance', async () => {
    await world.start(TIMING, new McpProber());
    const id = await world.want(IN_A_CONTAINER);
    await connect(id);
    expect(sessionsOf(id, IN_A_CONTAINER)).toHaveLength(1);
    await world.change(id, { state: 'stopped' });
    await world.reaches(id, 'stopped');
    expect(world.containersOf(id)).toEqual([]);
  });

  it('is a leftover once the process that held it is gone', async () => {
    const first = await world.start(TIMING, new McpProber());
    const id = await world.want(IN_A_CONTAINER);
    await connect(id);
    const [shared] = world.containersOf(id);
    expect(sessionsOf(id, IN_A_CONTAINER)).toHaveLength(1);
    await first.kill();
    expect(sessionsOf(id, IN_A_CONTAINER)).toHaveLength(1);

    await world.start(TIMING, new McpProber());
    await eventually(() => {
      expect(world.containersOf(id)).toEqual([shared]);
    }, PATIENCE);
  });

  it('is removed when its process ends by itself', async () => {
    await world.start(TIMING, new McpProber());
    const id = await world.want(BUNDLED);
    const session = await connect(id);
    const [own] = sessionsOf(id, BUNDLED);
    world.bundled.exit(own?.id ?? '', { exitCode: 1 });
    await eventually(() => {
      expect(sessionsOf(id, BUNDLED)).toEqual([]);
    }, PATIENCE);
    // The server itself is as it was, and a client that begins anew gets another process.
    expect(world.containersOf(id, world.bundled)).toHaveLength(1);
    await session.ping();
    expect(sessionsOf(id, BUNDLED)).toHaveLength(1);
    expect(world.reports(id).at(-1)?.phase).toBe('running');
  });
});

it('gives each replica of a server that speaks over its standard streams an address that answers', async () => {
  const world = await World.open({ program: stdioServer });
  await world.start(TIMING, new McpProber());
  const id = await world.want({ type: 'docker', image: IMAGE, transport: 'stdio' }, { replicas: 2 });
  const last = await world.reaches(id, 'running');
  expect(last.upstream?.urls).toHaveLength(2);
  await world.close();
});
