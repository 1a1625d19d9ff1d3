import { type InstanceSpec } from '@app/contracts';
import { DatabaseUnavailableError } from '@app/database';
import { eventually } from '@app/testing';
import { SecretUnreadableError } from '../../../src/secrets';
import { IMAGE, INSTALLATION, World } from './support/world';

const SPEC: InstanceSpec = { type: 'docker', image: IMAGE, port: 9000, environment: { MODE: 'fast' } };

describe('the life of a container instance', () => {
  let world: World;
  beforeAll(async () => {
    world = await World.open();
    await world.start();
  });
  afterAll(() => world.close());

  it('goes from nothing to running in the order that people are shown', async () => {
    const id = await world.want(SPEC);
    const last = await world.reaches(id, 'running');
    expect(world.phases(id)).toEqual(['creating', 'created', 'starting', 'running']);
    expect(last).toMatchObject({
      generation: 1,
      tools: 3,
      era: 'newer',
      attempt: 0,
      next_attempt_at: null,
      upstream: {
        kind: 'http',
        urls: ['http://127.0.0.1:9000/mcp'],
        transport: 'streamable-http',
        remote: false,
      },
      containers: [{ replica: 0, image: IMAGE, port: 9000, engine: 'memory' }],
    });
    const [container] = world.containersOf(id);
    expect(container?.spec.environment).toEqual({ MODE: 'fast' });
    expect(await world.docker.listNetworks({ installation: INSTALLATION, instanceId: id })).toHaveLength(1);
  });

  it('orders its reports by one number that only grows', () => {
    const numbers = world.queues.reports.map(({ sequence }) => sequence);
    expect(numbers.every((number, at) => at === 0 || number > (numbers[at - 1] ?? 0))).toBe(true);
    expect(numbers[0]).toBeGreaterThan(1_000_000_000);
  });

  it('stops, and starts again as a new container', async () => {
    const id = await world.want(SPEC);
    await world.reaches(id, 'running');
    const first = world.containersOf(id)[0]?.id;
    await world.change(id, { state: 'stopped' });
    await world.reaches(id, 'stopped', 2);
    expect(world.containersOf(id)).toEqual([]);
    expect(await world.docker.listNetworks({ installation: INSTALLATION, instanceId: id })).toEqual([]);

    await world.change(id, { state: 'running' });
    await world.reaches(id, 'running', 3);
    expect(world.containersOf(id).map((container) => container.id)).not.toContain(first);
  });

  it('restarts by a new generation, with never two containers at once', async () => {
    const id = await world.want(SPEC);
    await world.reaches(id, 'running');
    let most = 0;
    const stop = world.docker.events({ installation: INSTALLATION, instanceId: id }, () => {
      const running = world.containersOf(id).filter(({ state }) => state === 'running');
      most = Math.max(most, running.length);
    });
    await world.change(id);
    await world.reaches(id, 'running', 2);
    stop();
    expect(most).toBe(1);
    expect(world.containersOf(id).map(({ spec }) => spec.identity.generation)).toEqual([2]);
  });

  it('is deleted with everything it owned, and says so last', async () => {
    const id = await world.want(SPEC);
    await world.reaches(id, 'running');
    await world.change(id, { state: 'deleted' });
    await world.reaches(id, 'deleted', 2);
    expect(world.containersOf(id)).toEqual([]);
    expect(await world.docker.listNetworks({ installation: INSTALLATION, instanceId: id })).toEqual([]);
    expect(world.reports(id).at(-1)?.upstream).toBeNull();
  });

  it('has as many replicas as wanted, and loses the last ones first', async () => {
    const id = await world.want(SPEC, { replicas: 3 });
    const running = await world.reaches(id, 'running');
    expect(running.containers.map(({ replica }) => replica)).toEqual([0, 1, 2]);
    expect(running.upstream).toMatchObject({
      urls: { length: 3 },
      replicas: [0, 1, 2].map((replica) => ({ replica, urls: { length: 1 } })),
    });
    const first = running.containers[0]?.id;
    const generation = await world.scale(id, 1);
    await eventually(() => {
      expect(world.containersOf(id).map(({ spec }) => spec.identity.replica)).toEqual([0]);
    });
    const lone = await world.reaches(id, 'running', generation);
    expect(lone.upstream).not.toHaveProperty('replicas');

    const larger = await world.scale(id, 2);
    expect((await world.reaches(id, 'running', larger)).containers.map((one) => one.id)).toContain(first);
    const phases = world.reports(id).filter((report) => report.generation === larger);
    expect(phases[0]).toMatchObject({
      phase: 'degraded',
      reason: expect.stringMatching(/^1 of 2 /) as string,
    });
  });

  it('tells when the list of tools changes', async () => {
    const id = await world.want(SPEC);
    await world.reaches(id, 'running');
    world.prober.changeTools(id, 8);
    await eventually(() => {
      expect(world.reports(id).at(-1)?.tools).toBe(8);
    });
    world.prober.tools = 3;
  });

  it('keeps secrets out of the configuration and notes their use', async () => {
    world.secrets.set('secret_ref:shared:API_KEY', 's3cret-of-the-spec');
    const id = await world.want({
      ...SPEC,
      environment: { API_KEY: 'secret_ref:shared:API_KEY' },
    });
    const last = await world.reaches(id, 'running');
    expect(world.containersOf(id)[0]?.spec.environment).toEqual({});
    expect(world.containersOf(id)[0]?.secrets.get('API_KEY')).toBe('s3cret-of-the-spec');
    expect(last.secret_delivery).toBe('launcher');
    expect(world.reports(id).flatMap((report) => report.secrets_read)).toEqual([
      { ref: 'secret_ref:shared:API_KEY', version: 1 },
    ]);
    expect(JSON.stringify(world.queues.reports)).not.toContain('s3cret-of-the-spec');
  });

  it('says nothing new while nothing changes', async () => {
    const id = await world.want(SPEC);
    await world.reaches(id, 'running');
    const before = world.reports(id).length;
    const asked = (): number => world.prober.targets.filter(({ instanceId }) => instanceId === id).length;
    const probes = asked();
    await eventually(() => {
      expect(asked()).toBeGreaterThan(probes + 5);
    });
    expect(world.reports(id)).toHaveLength(before);
  });
});

describe('a remote instance', () => {
  let world: World;
  beforeAll(async () => {
    world = await World.open();
    await world.start();
  });
  afterAll(() => world.close());
  const remote: InstanceSpec = {
    type: 'url',
    endpoint: 'https://mcp.example.com/mcp',
    health_check: { path: '/health' },
    authentication: { type: 'bearer', token: 'secret_ref:shared:TOKEN' },
  };

  it('runs without a container, asked with its credentials', async () => {
    world.secrets.set('secret_ref:shared:TOKEN', 'token-of-the-spec');
    const id = await world.want(remote);
    const last = await world.reaches(id, 'running');
    expect(last).toMatchObject({ containers: [], secret_delivery: 'header' });
    expect(last.upstream).toMatchObject({
      kind: 'http',
      remote: true,
      urls: ['https://mcp.example.com/mcp'],
    });
    const target = world.prober.targets.find(({ instanceId }) => instanceId === id);
    expect(target).toMatchObject({
      headers: { authorization: 'Bearer token-of-the-spec' },
      healthUrl: 'https://mcp.example.com/health',
    });
  });

  it('fails, recovers, becomes unhealthy, stops and is deleted', async () => {
    const id = await world.want(remote, { name: 'flaky' });
    world.prober.behaviour.set('flaky', 'refuses');
    await world.change(id);
    const failed = await world.reaches(id, 'failed');
    expect(failed.reason).toBe('Nobody listens at the address.');
    world.prober.behaviour.set('flaky', 'serves');
    await world.reaches(id, 'running');
    world.prober.behaviour.set('flaky', 'refuses');
    await world.reaches(id, 'unhealthy');
    await world.change(id, { state: 'stopped' });
    await world.reaches(id, 'stopped');
    await world.change(id, { state: 'deleted' });
    await world.reaches(id, 'deleted');
  });

  it('holds one session open over restarts, and none once it is stopped', async () => {
    const id = await world.want({ type: 'url', endpoint: 'https://once.example.com/mcp' });
    await world.reaches(id, 'running', 1);
    await world.change(id);
    await world.reaches(id, 'running', 2);
    const open = (): string[] => [...world.prober.kept].filter((key) => key.includes(id));
    expect(open()).toHaveLength(1);

    await world.change(id, { state: 'stopped' });
    await world.reaches(id, 'stopped');
    expect(open()).toEqual([]);
  });

  it('is not said to have failed because the database cannot give its secret for a moment', async () => {
    world.secretFault = new SecretUnreadableError('TOKEN', 'the store', new DatabaseUnavailableError());
    const token = 'secret_ref:shared:OTHER';
    const id = await world.want({ ...remote, authentication: { type: 'bearer', token } });
    await eventually(() => {
      expect(world.secretReads).toContain(token);
    });
    world.secretFault = undefined;
    await world.reaches(id, 'running');
    expect(world.phases(id)).not.toContain('failed');
  });
});
