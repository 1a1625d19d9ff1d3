import { createHash, randomUUID } from 'node:crypto';
import { describeWithEngine, eventually } from '@app/testing';
import { type InstanceBody } from '../api';
import { Engine } from '../engine';
import { Installation } from '../installation';

/** Guards against hanging; how long a step may take is said where it is waited for. */
jest.setTimeout(240_000);

const ECHO_SPEC = {
  type: 'docker',
  image: 'agentarea/echo:latest',
  port: 8080,
  environment: { GREETING: 'hello' },
  resources: { memory_limit: '256m', cpu_limit: '0.5' },
};
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
/** Ends with 0 when something listens there, with 1 when it refuses, with 2 when the way is shut. */
const reaches = (address: string): readonly string[] => [
  '/usr/local/bin/node',
  '-e',
  `require('net').connect(8080, ${JSON.stringify(address)}).setTimeout(3000, () => process.exit(2))
    .on('connect', () => process.exit(0)).on('error', (e) => process.exit(e.code === 'ECONNREFUSED' ? 1 : 2))`,
];

describeWithEngine('servers in containers', ({ socketPath, host }) => {
  const engine = new Engine(socketPath);
  let quayside: Installation;

  beforeAll(async () => {
    quayside = await Installation.start({ engine: host });
  });

  afterAll(() => quayside.stop());

  const instance = (name: string) => quayside.api.ok<InstanceBody>('GET', `/api/v1/mcp/instances/${name}`);
  const ask = (name: string, verb: string) =>
    quayside.api.ok<InstanceBody>('POST', `/api/v1/mcp/instances/${name}/${verb}?wait=60`);
  const create = async (body: object) => {
    const { id } = await quayside.api.ok<InstanceBody>('POST', '/api/v1/mcp/instances?wait=60', body);
    return quayside.reaches(id, 'running', 120_000);
  };

  const createEcho = (name: string) => create({ name, json_spec: ECHO_SPEC });
  /** The one container that runs, as the engine sees it. */
  const containerOf = async ({ id }: InstanceBody) => {
    const found = await engine.containersOf(id);
    expect(found.map(({ State }) => State)).toEqual(['running']);
    return engine.inspect(found[0]!.Id);
  };
  const nothingIsLeftOf = async ({ id }: InstanceBody) => {
    expect(await engine.containersOf(id)).toEqual([]);
    expect(await engine.networksOf(id)).toEqual([]);
    const { secrets } = await quayside.api.ok<{ secrets: unknown[] }>('GET', `/api/v1/secrets?scope=${id}`);
    expect(secrets).toEqual([]);
  };
  const removed = async (body: InstanceBody) => {
    await quayside.api.ok('DELETE', `/api/v1/mcp/instances/${body.id}?wait=60`);
    await quayside.vanishes(body.id);
    await nothingIsLeftOf(body);
  };
  const anotherContainer = (before: InstanceBody) =>
    quayside.settles(
      before.id,
      ({ status, container }) => status === 'running' && container?.id !== before.container?.id,
      'running in another container',
    );

  it('lead a whole life: registered, created, called, stopped, started, changed, deleted', async () => {
    const definition = await quayside.api.ok<{ id: string }>('POST', '/mcp/servers', {
      name: 'echo-mcp',
      description: 'Simple HTTP echo server for testing',
      docker_image_url: 'agentarea/echo:latest',
      version: '1.0.0',
      tags: ['test'],
      env_schema: [{ name: 'GREETING', type: 'string', required: false, default: 'hello' }],
    });
    const created = await create({ name: 'echo-1', server_spec_id: definition.id, json_spec: ECHO_SPEC });
    expect(created).toMatchObject({
      status: 'running',
      reason: 'It answers and offers 2 tools.',
      generation: 1,
      container: { engine: 'docker', image: 'agentarea/echo:latest', port: 8080 },
    });
    const first = await containerOf(created);
    expect(created.container?.id).toBe(first.Id);
    expect(first.Config.Env).toContain('GREETING=hello');

    const { tools } = await quayside.api.ok<{ tools: { name: string }[] }>(
      'GET',
      '/mcp/tools?server_name=echo-1',
    );
    expect(tools.map(({ name }) => name)).toEqual(['echo', 'reverse']);
    expect(await quayside.api.call('echo-1', 'echo', { message: 'hello' })).toBe('Echo: hello');

    await eventually(async () => {
      const logs = await quayside.api.ok('GET', '/mcp/instances/echo-1/logs?tail=10');
      expect(logs).toContain('Listening on port 8080');
    });
    const { replicas } = await quayside.api.ok<{ replicas: Record<string, number>[] }>(
      'GET',
      '/mcp/instances/echo-1/stats',
    );
    expect(replicas).toEqual([
      expect.objectContaining({ replica: 0, memory_limit_bytes: 256 * 1024 * 1024 }),
    ]);
    expect(replicas[0]?.['memory_bytes']).toBeGreaterThan(0);

    expect(await ask('echo-1', 'stop')).toMatchObject({ status: 'stopped', desired_state: 'stopped' });
    expect(await engine.containersOf(created.id)).toEqual([]);
    const call = { server_name: 'echo-1', tool_name: 'echo', arguments: { message: 'hello' } };
    const refused = await quayside.api.request('POST', '/mcp/tools/call', call);
    expect(refused).toMatchObject({ status: 503, body: { code: 'server_not_running' } });
    expect(refused.body['detail']).toBe('"echo-1" is stopped: Stopped, as asked.');

    expect(await ask('echo-1', 'start')).toMatchObject({ status: 'running' });
    expect(await quayside.api.call('echo-1', 'reverse', { message: 'hello' })).toBe('olleh');
    const started = await containerOf(created);
    expect(await ask('echo-1', 'restart')).toMatchObject({ status: 'running' });
    const restarted = await containerOf(created);
    expect(restarted.Id).not.toBe(started.Id);

    await quayside.api.ok('PATCH', '/mcp/instances/echo-1?wait=60', {
      json_spec: { environment: { GREETING: 'good morning' } },
    });
    const changed = await instance('echo-1');
    const last = await containerOf(created);
    expect(changed.container?.id).toBe(last.Id);
    expect(changed.generation).toBe(Number(last.Config.Labels['quayside.generation']));
    expect(last.Config.Env).toContain('GREETING=good morning');
    expect(await engine.exists(restarted.Id)).toBe(false);
    expect(await quayside.api.call('echo-1', 'echo', { message: 'still here' })).toBe('Echo: still here');

    await removed(created);
  });

  it('run the official servers over HTTP and, through the bridge, over standard streams', async () => {
    await quayside.api.ok('POST', '/mcp/servers', {
      name: 'filesystem-mcp',
      description: 'Filesystem access MCP server',
      docker_image_url: 'mcp/filesystem:latest',
      transport: 'stdio',
      env_schema: [
        { name: 'ALLOWED_DIRECTORIES', type: 'string', required: true },
        { name: 'MAX_FILE_SIZE', type: 'string', required: false, default: '10MB' },
      ],
    });
    const image = (name: string, more: object) => ({
      type: 'docker',
      image: `quayside-test/${name}:latest`,
      ...more,
    });
    const bodies: readonly object[] = [
      {
        name: 'fs-instance-1',
        template: 'filesystem-mcp',
        environment: { ALLOWED_DIRECTORIES: '/tmp,/var/tmp' },
      },
      { name: 'everything-1', json_spec: image('everything-http', { port: 3001 }) },
      { name: 'everything-2', json_spec: image('everything-stdio', { transport: 'stdio' }) },
      { name: 'memory-1', json_spec: image('memory', { transport: 'stdio' }) },
    ];
    const servers = await Promise.all(bodies.map(create));
    expect(servers.map(({ name, status, reason }) => [name, status, reason])).toEqual(
      servers.map(({ name }) => [
        name,
        'running',
        expect.stringMatching(/^It answers and offers \d+ tools\.$/) as string,
      ]),
    );

    expect(await quayside.api.call('fs-instance-1', 'read_text_file', { path: '/data/hello.txt' })).toContain(
      'hello from the image',
    );
    expect(await quayside.api.call('everything-1', 'get-sum', { a: 2, b: 3 })).toContain('5');
    expect(await quayside.api.call('everything-2', 'get-sum', { a: 20, b: 3 })).toContain('23');
    const entity = { name: 'Quayside', entityType: 'harbour', observations: ['it has cranes'] };
    await quayside.api.call('memory-1', 'create_entities', { entities: [entity] });
    expect(await quayside.api.call('memory-1', 'read_graph')).toContain('it has cranes');
    // Lists of all servers follow the single ones by a moment.
    await eventually(async () => {
      const { tools, degraded } = await quayside.api.ok<{
        tools: { server_name: string }[];
        degraded: unknown[];
      }>('GET', '/mcp/tools');
      expect(new Set(tools.map((tool) => tool.server_name))).toEqual(
        new Set(servers.map(({ name }) => name)),
      );
      expect(degraded).toEqual([]);
    });
    await Promise.all(servers.slice(0, 3).map(removed));
  });

  it('are given secrets that nobody can read from outside', async () => {
    await quayside.api.ok('POST', '/mcp/servers', {
      name: 'keyed-mcp',
      docker_image_url: 'quayside-test/needs-key:latest',
      port: 8080,
      env_schema: [{ name: 'API_KEY', type: 'string', required: true, secret: true }],
    });
    const secret = `first-${randomUUID()}`;
    const created = await create({
      name: 'keyed',
      template: 'keyed-mcp',
      environment: { API_KEY: secret },
    });
    expect(created).toMatchObject({
      status: 'running',
      json_spec: { environment: { API_KEY: `secret_ref:${created.id}:API_KEY` } },
    });
    const arrived = async () =>
      JSON.parse(await quayside.api.call('keyed', 'environment', { name: 'API_KEY' })) as unknown;
    expect(await arrived()).toMatchObject({ set: true, sha256: sha256(secret) });
    expect(JSON.stringify(await containerOf(created))).not.toContain(secret);

    const next = `second-${randomUUID()}`;
    await quayside.api.ok('PUT', '/mcp/instances/keyed/environment?wait=60', { API_KEY: next });
    expect(await arrived()).toMatchObject({ set: true, sha256: sha256(next) });
    expect(quayside.log.join('\n')).not.toMatch(new RegExp(`${secret}|${next}`));
    await removed(created);
  });

  it('are made and removed in bulk, a bad one among good ones included', async () => {
    const names = ['bulk-1', 'bulk-2', 'bulk-3', 'bulk-4'];
    const bulk = (operations: readonly object[]) =>
      quayside.api.ok<{
        results: { status: number; id?: string; problem?: { code: string } }[];
        summary: object;
      }>('POST', '/mcp/instances/bulk', { operations });
    const made = await bulk(
      [...names, 'bulk-1'].map((name) => ({ op: 'create', instance: { name, json_spec: ECHO_SPEC } })),
    );
    expect(made.summary).toEqual({ accepted: 4, failed: 1 });
    expect(made.results.map(({ status }) => status)).toEqual([201, 201, 201, 201, 409]);
    expect(made.results[4]?.problem?.code).toBe('instance_name_taken');
    const running = await Promise.all(names.map((name) => quayside.reaches(name, 'running')));

    const gone = await bulk(running.map(({ id }) => ({ op: 'delete', id })));
    expect(gone.summary).toEqual({ accepted: 4, failed: 0 });
    for (const body of running) {
      await quayside.vanishes(body.id);
      await nothingIsLeftOf(body);
    }
  });

  it('come back when somebody kills or removes their container', async () => {
    const [killed, taken] = await Promise.all(['killed', 'taken'].map(createEcho));
    await engine.kill(killed!.container!.id);
    await engine.remove(taken!.container!.id);
    const again = await Promise.all([killed!, taken!].map(anotherContainer));
    for (const body of again) expect((await containerOf(body)).Id).toBe(body.container?.id);
    expect(again[0]?.last_error).toMatchObject({ exit_code: 137, oom_killed: false });
    expect(await quayside.api.call('killed', 'echo', { message: 'back' })).toBe('Echo: back');
    expect(await quayside.api.call('taken', 'echo', { message: 'back' })).toBe('Echo: back');
    await Promise.all(again.map(removed));
  });

  it('cannot reach each other', async () => {
    const servers = await Promise.all(['island-1', 'island-2'].map(createEcho));
    const [here, there] = await Promise.all(servers.map(containerOf));
    const addressOf = ({ NetworkSettings }: typeof here & object) =>
      Object.values(NetworkSettings.Networks)[0]!.IPAddress;
    expect(await engine.exec(there!.Id, reaches(addressOf(there!)))).toBe(0);
    expect(await engine.exec(here!.Id, reaches(addressOf(there!)))).toBe(2);
    await Promise.all(servers.map(removed));
  });

  it('are taken over by the next process; strays are reaped and foreign containers left alone', async () => {
    const http = await createEcho('survivor');
    const stdio = await instance('memory-1');
    const { Config } = await containerOf(http);
    const labels = Config.Labels;
    const stray = { ...labels, 'quayside.instance': randomUUID() };
    const placeless = { 'quayside.installation': labels['quayside.installation'] };
    const another = { ...stray, 'quayside.installation': randomUUID() };
    const [reaped, reapedAtStart, ofAnother, foreign] = await Promise.all(
      [stray, placeless, another, { 'quayside.test': 'true' }].map((Labels, index) => {
        const body = { Image: 'agentarea/echo:latest', Labels, HostConfig: { NetworkMode: 'none' } };
        return engine.create(`stray-${String(index)}-${randomUUID()}`, body);
      }),
    );
    try {
      await eventually(
        async () => {
          expect(await engine.exists(reaped!)).toBe(false);
        },
        { deadlineMs: 90_000 },
      );

      await quayside.stopRole('all-in-one');
      expect((await engine.inspect(http.container!.id)).State.Status).toBe('running');
      await quayside.startRole('all-in-one');
      await eventually(
        async () => {
          expect(await engine.exists(reapedAtStart!)).toBe(false);
        },
        { deadlineMs: 90_000 },
      );
      for (const { id, name, generation, container } of [http, stdio]) {
        const now = await quayside.reaches(name, 'running');
        expect(now).toMatchObject({ generation, attempt: 0, container: { id: container?.id } });
        expect((await engine.containersOf(id)).map(({ Id }) => Id)).toEqual([container?.id]);
      }
      expect(await quayside.api.call('survivor', 'echo', { message: 'there' })).toBe('Echo: there');
      // Its standard streams were held by the process that ended; until the next one holds them nobody can be asked.
      await eventually(
        async () => {
          expect(await quayside.api.call('memory-1', 'read_graph')).toContain('it has cranes');
        },
        { deadlineMs: 90_000 },
      );
      expect(await engine.exists(ofAnother!)).toBe(true);
      expect(await engine.exists(foreign!)).toBe(true);
    } finally {
      await Promise.all([ofAnother!, foreign!].map((id) => engine.remove(id)));
    }
    await Promise.all([http, stdio].map(removed));
  });
});
