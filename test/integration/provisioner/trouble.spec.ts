import { EngineUnavailableError } from '@app/container-engine';
import { type InstanceSpec } from '@app/contracts';
import { eventually } from '@app/testing';
import { IMAGE, World } from './support/world';

const SPEC: InstanceSpec = { type: 'docker', image: IMAGE };
const AWAY = new EngineUnavailableError('connect ENOENT');

describe('an instance in trouble', () => {
  let world: World;
  beforeAll(async () => {
    world = await World.open();
    await world.start();
  });
  afterEach(() => {
    world.docker.faults.heal();
    world.queues.isAway = false;
  });
  afterAll(() => world.close());

  const oneContainer = (id: string) => {
    const containers = world.containersOf(id);
    expect(containers).toHaveLength(1);
    return containers[0]!;
  };

  it('says in the words of the registry that an image is missing, and goes on when it is there', async () => {
    const id = await world.want({ type: 'docker', image: 'example/missing:1' });
    const failed = await world.reaches(id, 'failed');
    expect(failed.reason).toContain('manifest unknown');
    expect(failed.next_attempt_at).not.toBeNull();
    expect(failed.last_error?.message).toContain('example/missing:1');
    world.docker.registry.add('example/missing:1');
    await world.reaches(id, 'running');
  });

  it('replaces a container that crashed, and keeps what it said', async () => {
    const id = await world.want(SPEC);
    await world.reaches(id, 'running');
    const first = oneContainer(id);
    world.docker.print(first.id, 'cannot open the index');
    world.docker.exit(first.id, { exitCode: 3 });
    await eventually(() => {
      expect(oneContainer(id).id).not.toBe(first.id);
    });
    await world.reaches(id, 'running');
    const error = world.reports(id).find(({ last_error }) => last_error?.exit_code === 3)?.last_error;
    expect(error).toMatchObject({ oom_killed: false, output: ['cannot open the index'] });
    expect(error?.message).toBe(
      'The container ended by itself with exit code 3. Its last line was: cannot open the index',
    );
    expect(world.phases(id)).toContain('restarting');
  });

  it('calls a memory limit a memory limit', async () => {
    const id = await world.want({ ...SPEC, resources: { memory_limit: '64m' } });
    await world.reaches(id, 'running');
    world.docker.exit(oneContainer(id).id, { exitCode: 137, oomKilled: true });
    await eventually(() => {
      const error = world.reports(id).find(({ last_error }) => last_error?.oom_killed)?.last_error;
      expect(error).toMatchObject({ exit_code: 137 });
      expect(error?.message).toContain('more memory than its limit of 64m');
    });
    await world.reaches(id, 'running');
  });

  it('does not blame a container that its engine stopped', async () => {
    const id = await world.want(SPEC);
    await world.reaches(id, 'running');
    const first = oneContainer(id).id;
    world.docker.exit(first, { exitCode: 143 });
    await eventually(() => {
      expect(oneContainer(id).id).not.toBe(first);
      expect(oneContainer(id).state).toBe('running');
    });
    const last = await world.reaches(id, 'running');
    expect(last.attempt).toBe(0);
    expect(world.reports(id).some(({ last_error }) => last_error !== undefined)).toBe(false);
  });

  it('recovers a server that hangs, after it said so', async () => {
    const id = await world.want(SPEC, { name: 'hanging' });
    await world.reaches(id, 'running');
    const first = oneContainer(id).id;
    world.prober.behaviour.set('hanging', 'hangs');
    await eventually(() => {
      expect(world.phases(id)).toContain('unhealthy');
    });
    world.prober.behaviour.delete('hanging');
    await world.reaches(id, 'running');
    expect(oneContainer(id).id).not.toBe(first);
  });

  it('makes a container again that somebody removed by hand', async () => {
    const id = await world.want(SPEC);
    await world.reaches(id, 'running');
    const first = oneContainer(id).id;
    await world.docker.remove(first);
    await eventually(() => {
      expect(oneContainer(id)).toMatchObject({ state: 'running' });
      expect(oneContainer(id).id).not.toBe(first);
    });
  });

  it('shows that the engine is away, and the truth as soon as it is back', async () => {
    const running = await world.want(SPEC);
    await world.reaches(running, 'running');
    world.docker.faults.fail('*', AWAY);
    const unknown = await world.reaches(running, 'unknown');
    expect(unknown.reason).toContain('does not answer');
    const waiting = await world.want(SPEC);
    await world.reaches(waiting, 'unknown');
    const remote = await world.want({ type: 'url', endpoint: 'https://mcp.example.com/mcp' });
    await world.reaches(remote, 'running');

    world.docker.faults.heal();
    await world.reaches(running, 'running');
    await world.reaches(waiting, 'running');
    expect(oneContainer(running).state).toBe('running');
  });

  it('takes over what a lost answer left behind', async () => {
    world.docker.faults.loseAnswer('create', AWAY);
    const id = await world.want(SPEC);
    await world.reaches(id, 'running');
    oneContainer(id);
  });

  it('keeps every phase while the queue is away', async () => {
    world.queues.isAway = true;
    const id = await world.want(SPEC);
    await eventually(() => {
      expect(oneContainer(id).state).toBe('running');
    });
    world.queues.isAway = false;
    await world.reaches(id, 'running');
    expect(world.phases(id).slice(0, 4)).toEqual(['creating', 'created', 'starting', 'running']);
  });

  it('reaps containers of instances that do not exist, and leaves those of others alone', async () => {
    const id = await world.want(SPEC);
    await world.reaches(id, 'running');
    await world.forget(id);
    const spec = oneContainer(id).spec;
    const foreign = { ...spec, identity: { ...spec.identity, installation: 'another' } };
    await eventually(() => {
      expect(world.containersOf(id)).toEqual([]);
    });
    const { id: kept } = await world.docker.create(foreign);
    const other = await world.want(SPEC);
    await world.reaches(other, 'running');
    expect(world.docker.containers.has(kept)).toBe(true);
    await world.docker.remove(kept);
  });
});

describe('a crash loop', () => {
  it('waits longer each time, says failed, and disturbs nobody', async () => {
    const world = await World.open({
      program: ({ spec, exit }) => {
        if (spec.environment['CRASH'] === 'yes') setImmediate(exit, 1);
      },
    });
    await world.start({ timing: { firstBackoffMs: 20 } });
    const healthy = await world.want(SPEC);
    await world.reaches(healthy, 'running');
    const told = world.reports(healthy).length;
    const id = await world.want({ ...SPEC, environment: { CRASH: 'yes' } });
    await eventually(() => {
      const last = world.reports(id).at(-1);
      expect(last?.attempt).toBeGreaterThanOrEqual(5);
    });
    const failed = await world.reaches(id, 'failed');
    expect(failed.last_error).toMatchObject({ exit_code: 1 });
    expect(world.reports(healthy)).toHaveLength(told);

    await world.change(id, { spec: SPEC });
    const well = await world.reaches(id, 'running', 2);
    expect(well.attempt).toBe(0);
    await world.close();
  });
});

describe('a machine without a container engine', () => {
  it('says what is missing and the way out, and still lets go of the instance', async () => {
    const world = await World.open();
    await world.start({ docker: undefined });
    const id = await world.want(SPEC);
    const failed = await world.reaches(id, 'failed');
    expect(failed.reason).toContain('Start Docker or Podman');
    await world.change(id, { state: 'deleted' });
    await world.reaches(id, 'deleted');
    await world.close();
  });

  it('goes on by itself when an engine appears', async () => {
    const world = await World.open();
    world.docker.faults.fail('*', AWAY);
    await world.start();
    const id = await world.want(SPEC);
    const failed = await world.reaches(id, 'failed');
    expect(failed.reason).toContain('needs a container engine');
    world.docker.faults.heal();
    await world.reaches(id, 'running');
    await world.close();
  });
});

describe('the limit of containers', () => {
  it('is exact, and passes on when there is a place', async () => {
    const world = await World.open();
    await world.start({ maxContainers: 3 });
    const ids = await Promise.all([1, 2, 3, 4, 5].map(() => world.want(SPEC)));
    await eventually(() => {
      const phases = ids.map((id) => world.reports(id).at(-1)?.phase);
      expect(phases.filter((phase) => phase === 'running')).toHaveLength(3);
    });
    expect(world.docker.containers.size).toBe(3);
    const running = ids.filter((id) => world.containersOf(id).length > 0);
    for (const id of running.slice(0, 2)) await world.change(id, { state: 'stopped' });
    await eventually(() => {
      const left = ids.filter((id) => !running.slice(0, 2).includes(id));
      expect(left.map((id) => world.reports(id).at(-1)?.phase)).toEqual(['running', 'running', 'running']);
    });
    await world.close();
  });
});
