import { type InstanceSpec } from '@app/contracts';
import { connectMcp } from '@app/mcp';
import { bridgeToken, trustedFetch } from '@app/security';
import { eventually } from '@app/testing';
import { McpProber } from '../../../src/provisioner/probe/mcp-prober';
import { IMAGE, World } from './support/world';
import { stdioServer } from './support/stdio-server';

const BUNDLED: InstanceSpec = { type: 'stdio', command: 'echo' };
const IN_A_CONTAINER: InstanceSpec = { type: 'docker', image: IMAGE, transport: 'stdio' };
/** These servers answer for real, on a machine that may be busy. */
const TIMING = { timing: { probeTimeoutMs: 10_000 } };

describe('a server that speaks over its standard streams', () => {
  let world: World;
  beforeAll(async () => {
    world = await World.open({ program: stdioServer });
    await world.start(TIMING, new McpProber());
  });
  afterAll(() => world.close());

  it.each([
    ['that ships with us', BUNDLED, 'bundled'],
    ['in a container', IN_A_CONTAINER, 'docker'],
  ] as const)('%s gets an address of its own', async (_, spec, engine) => {
    const id = await world.want(spec);
    const last = await world.reaches(id, 'running');
    expect(last).toMatchObject({ tools: 2, upstream: { kind: 'bridge' } });
    expect(world.containersOf(id, world[engine])).toHaveLength(1);

    const url = last.upstream?.urls[0] ?? '';
    const fetch = trustedFetch();
    const headers = { authorization: `Bearer ${bridgeToken(world.keyring)}` };
    const session = await connectMcp({ url, fetch, headers });
    expect((await session.listTools()).map(({ name }) => name)).toEqual(['echo', 'add']);
    await session.close();
    await expect(connectMcp({ url, fetch })).rejects.toThrow();
    await fetch.close();
  });

  it('is started again when it ends', async () => {
    const id = await world.want(BUNDLED);
    await world.reaches(id, 'running');
    const first = world.containersOf(id, world.bundled)[0]?.id ?? '';
    world.bundled.exit(first, { exitCode: 1 });
    await eventually(() => {
      expect(world.phases(id)).toContain('restarting');
    });
    await world.reaches(id, 'running');
    expect(world.containersOf(id, world.bundled).map((container) => container.id)).not.toContain(first);
  });

  it('fails with its own last words', async () => {
    const id = await world.want({ ...BUNDLED, environment: { FAIL: 'yes' } });
    const failed = await world.reaches(id, 'failed');
    expect(failed.reason).toContain('I cannot work like this');
    await world.change(id, { state: 'deleted' });
    await world.reaches(id, 'deleted');
  });

  it('moves from one engine to the other when its specification does', async () => {
    const id = await world.want(BUNDLED);
    await world.reaches(id, 'running');
    await world.change(id, { spec: IN_A_CONTAINER });
    await world.reaches(id, 'running', 2);
    expect(world.containersOf(id, world.bundled)).toEqual([]);
    expect(world.containersOf(id, world.docker)).toHaveLength(1);
  });
});

it('attaches again to containers, and starts children again, after the death of the provisioner', async () => {
  const world = await World.open({ program: stdioServer });
  const first = await world.start(TIMING, new McpProber());
  const contained = await world.want(IN_A_CONTAINER);
  const child = await world.want(BUNDLED);
  await world.reaches(contained, 'running');
  await world.reaches(child, 'running');
  const [before] = world.containersOf(contained);
  await first.kill();
  const told = world.queues.reports.length;
  await world.start(TIMING, new McpProber());
  for (const id of [contained, child])
    await eventually(() => {
      const last = world.queues.reports.slice(told).findLast(({ instance_id }) => instance_id === id);
      expect(last).toMatchObject({ phase: 'running', tools: 2 });
    });
  expect(world.containersOf(contained)).toEqual([before]);
  await world.close();
});
