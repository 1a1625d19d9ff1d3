import { createHash } from 'node:crypto';
import { existsSync, rmSync } from 'node:fs';
import { type AddressInfo } from 'node:net';
import { basename, join } from 'node:path';
import { findLauncher } from '@app/container-engine';
import { describeWithEngine, eventually, type TestRedis, testRedis } from '@app/testing';
import { type InstanceBody } from '../api';
import { Canaries, commandLines, echoingServer, filesIn, RedisEar, tablesOf } from '../canaries';
import { Engine, type Inspected } from '../engine';
import { brokenRules } from '../hardening';
import { DIST, Installation } from '../installation';
import { RemoteEngine } from '../remote-engine';

/** Guards against hanging; how long a step may take is said where it is waited for. */
jest.setTimeout(300_000);

/** Built where a C compiler is. */
const LAUNCHER = findLauncher(join(DIST, '..'));
const itWithLauncher = LAUNCHER === undefined ? it.skip : it;

/** Files for the user of a container can only be made by root. */
const isRoot = process.getuid?.() === 0;
const DELIVERIES = [
  ['keyed', isRoot ? 'launcher' : 'stdin'],
  ['stdio', isRoot ? 'launcher' : 'stdin'],
  ['file', isRoot ? 'file' : 'stdin'],
  ['printing', isRoot ? 'launcher' : 'stdin'],
  ['bundled', 'launcher'],
] as const;
const FAILS_IN_WORDS = [
  '/usr/local/bin/node',
  '-e',
  'console.error("It does not take", process.env.API_KEY); process.exitCode = 3',
];
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const image = (name: string): string => `quayside-test/${name}:latest`;
const docker = (name: string, more: object = {}) => ({
  type: 'docker',
  image: image(name),
  port: 8080,
  ...more,
});

describeWithEngine('containers that trust nobody', ({ socketPath }) => {
  const engine = new Engine(socketPath);
  const remote = new RemoteEngine(socketPath);
  const canaries = new Canaries();
  let redis: TestRedis | undefined;
  let ear: RedisEar | undefined;
  let quayside: Installation;
  let secretsFolder = '';

  beforeAll(async () => {
    redis = await testRedis();
    if (redis !== undefined) {
      ear = new RedisEar(redis.url, canaries);
      await ear.start();
    }
    await remote.start();
    quayside = await Installation.start({
      engine: remote.host,
      env: { LOG_LEVEL: 'debug' },
      ...(redis === undefined ? {} : { redisUrl: redis.url }),
    });
  });

  afterAll(async () => {
    await quayside.stop();
    ear?.stop();
    await redis?.stop();
    await remote.stop();
    if (secretsFolder !== '') rmSync(secretsFolder, { recursive: true, force: true });
  });

  const create = (name: string, json_spec: object) =>
    quayside.api.ok<InstanceBody>('POST', '/api/v1/mcp/instances', { name, json_spec });
  const running = async (name: string, json_spec: object) => {
    const { id } = await create(name, json_spec);
    return quayside.reaches(id, 'running', 120_000);
  };
  const shown = async ({ id }: InstanceBody): Promise<Inspected> => {
    const [only, ...others] = await engine.containersOf(id);
    expect(others).toEqual([]);
    return engine.inspect(only!.Id);
  };
  const removed = async ({ id }: InstanceBody) => {
    await quayside.api.ok('DELETE', `/api/v1/mcp/instances/${id}`);
    await quayside.vanishes(id, 120_000);
    expect(await engine.containersOf(id)).toEqual([]);
    expect(await engine.networksOf(id)).toEqual([]);
  };

  it('get the limits that are asked for, and nothing else', async () => {
    const asked = docker('normal', {
      resources: { memory_limit: '128m', cpu_limit: '0.25', pids_limit: 48 },
      command: ['serve', '--privileged', '--volume=/:/host'],
      environment: { DOCKER_HOST: 'unix:///var/run/docker.sock' },
    });
    const [limited, plain] = await Promise.all([
      running('limited', asked),
      running('plain', docker('normal')),
    ]);
    const seen = await shown(limited);
    expect(brokenRules(seen)).toEqual([]);
    expect(seen.HostConfig).toMatchObject({
      Memory: 128 * 1024 * 1024,
      NanoCpus: 250_000_000,
      PidsLimit: 48,
    });
    expect(seen.Mounts).toEqual([]);

    const other = await shown(plain);
    expect(brokenRules(other)).toEqual([]);
    expect(other.HostConfig).toMatchObject({
      Memory: 256 * 1024 * 1024,
      NanoCpus: 500_000_000,
      PidsLimit: 128,
    });
    const networks = [seen, other].map(({ NetworkSettings }) => Object.values(NetworkSettings.Networks));
    expect(networks.map((own) => own.length)).toEqual([1, 1]);
    const [here, there] = networks.map(([own]) => own!.NetworkID);
    expect(here).not.toBe(there);
    for (const id of [here!, there!]) expect(await engine.network(id)).toMatchObject({ Internal: true });

    for (const smuggled of [
      { command: ['--privileged'] },
      { privileged: true },
      { volumes: ['/:/host'] },
      { user: 'root' },
      { HostConfig: { Privileged: true } },
      { resources: { memory_limit: '100000g' } },
      { network: { egress: 'all' } },
    ]) {
      const body = { name: 'smuggled', json_spec: docker('normal', smuggled) };
      const { status } = await quayside.api.request('POST', '/api/v1/mcp/instances', body);
      if (![400, 422].includes(status)) throw new Error(`${JSON.stringify(smuggled)} got ${String(status)}`);
    }
    await Promise.all([removed(limited), removed(plain)]);
  });

  /** A secret in the store, under a name of its own. */
  const stored = async (use: string): Promise<string> => {
    const name = use.toUpperCase();
    await quayside.api.ok('PUT', `/api/v1/secrets/shared/${name}`, { value: canaries.make(use) });
    return `secret_ref:shared:${name}`;
  };
  const withKey = async (use: string, spec: object, variable = 'API_KEY') => ({
    ...spec,
    environment: { [variable]: await stored(use) },
  });
  const digest = (server: string, name: string) => quayside.api.call(server, 'environment_digest', { name });

  /** The program that hands them over lies beside them. */
  const secretFiles = (): readonly string[] =>
    existsSync(secretsFolder)
      ? [...filesIn(secretsFolder).keys()].filter((path) => basename(path) !== 'launcher')
      : [];

  /** Everything that the API tells about these instances and about the whole, and that is recorded at all. */
  const told = async (
    instances: readonly InstanceBody[],
    refused: readonly object[],
  ): Promise<ReadonlyMap<string, string>> => {
    const paths = [
      ...instances.flatMap(({ id }) =>
        ['', '/events', '/environment', '/logs?tail=200', '/stats'].map(
          (part) => `/mcp/instances/${id}${part}`,
        ),
      ),
      ...['instances', 'servers', 'templates', 'containers', 'servers/status', 'tools'].map(
        (list) => `/mcp/${list}`,
      ),
      ...['/secrets', '/audit', '/operations'],
    ].map((path) => `/api/v1${path}`);
    const answers = new Map<string, string>();
    for (const path of [...paths, '/health', '/openapi.json']) {
      const { status, headers, body } = await quayside.api.request('GET', path);
      if (status >= 500 && !path.includes('/stats')) throw new Error(`${path} answered ${String(status)}`);
      answers.set(path, `${JSON.stringify([...headers])} ${JSON.stringify(body)}`);
    }
    for (const body of refused) {
      const { status, body: problem } = await quayside.api.request('POST', '/api/v1/mcp/instances', body);
      expect(status).toBe(422);
      answers.set('a refusal', JSON.stringify(problem));
    }
    return answers;
  };
  const leaks = (texts: ReadonlyMap<string, string>): readonly (readonly [string, string])[] =>
    [...texts].flatMap(([where, text]) => canaries.in(text).map((use) => [where, use] as const));

  /** One server of each kind that is told a secret, those that fail over it included. */
  const introduce = async (hostileUrl: string) => {
    await quayside.api.ok('POST', '/api/v1/mcp/servers', {
      name: 'keyed',
      docker_image_url: image('normal'),
      port: 8080,
      env_schema: [{ name: 'API_KEY', type: 'string', required: true, secret: true }],
    });
    const keyed = { name: 'keyed', template: 'keyed', environment: { API_KEY: canaries.make('literal') } };
    const endpoint = `${hostileUrl}/mcp`;
    const oauth = {
      type: 'oauth2_client_credentials',
      token_url: `${hostileUrl}/token`,
      client_id: 'quayside',
      client_secret: canaries.make('client'),
    };
    const bearer = { type: 'bearer', token: canaries.make('bearer') };
    const headers = [{ key: 'X-Api-Key', value: canaries.make('header') }];
    const good = await Promise.all([
      quayside.api.ok<InstanceBody>('POST', '/api/v1/mcp/instances', keyed),
      create(
        'stdio',
        await withKey('stdio', { type: 'docker', image: image('echo-stdio'), transport: 'stdio' }),
      ),
      create('file', await withKey('file', docker('normal', { secret_delivery: ['file'] }))),
      create('printing', await withKey('printing', docker('prints-secrets'))),
      create('bundled', await withKey('bundled', { type: 'stdio', command: 'needs-key' }, 'DEMO_API_KEY')),
    ]);
    const bad = await Promise.all([
      create('failing', await withKey('failing', docker('base', { command: FAILS_IN_WORDS }))),
      create('by-bearer', { type: 'url', endpoint, authentication: bearer, headers }),
      create('by-client', { type: 'url', endpoint, authentication: oauth }),
    ]);
    return { good, bad };
  };

  itWithLauncher('give nothing away of the secrets they are told', async () => {
    const hostile = await echoingServer();
    const { good, bad } = await introduce(
      `http://localhost:${String((hostile.address() as AddressInfo).port)}`,
    );
    const running = await Promise.all(good.map(({ id }) => quayside.reaches(id, 'running', 120_000)));
    expect(running.map(({ name, secret_delivery: way }) => [name, way])).toEqual([...DELIVERIES]);
    for (const { id } of bad)
      await quayside.settles(id, ({ last_error: error }) => error != null, 'an error', 120_000);

    expect(await digest('keyed', 'API_KEY')).toBe(sha256(canaries.value('literal')));
    expect(await quayside.api.call('stdio', 'environment', { name: 'API_KEY' })).toContain('"set":true');
    const path = isRoot ? sha256('/run/secrets/API_KEY') : 'absent';
    expect(await digest('file', 'API_KEY_FILE')).toBe(path);

    const seen = await Promise.all(running.slice(0, 4).map(shown));
    expect(seen.map(brokenRules)).toEqual([[], [], [], []]);
    secretsFolder = `/dev/shm/quayside-${seen[0]!.Config.Labels['quayside.installation']!}`;
    const images = await Promise.all(
      ['normal', 'echo-stdio', 'prints-secrets'].map((name) => engine.image(image(name))),
    );
    expect(canaries.in(JSON.stringify([seen, images]))).toEqual([]);
    expect(canaries.in(commandLines())).toEqual([]);

    const next = canaries.make('next');
    await quayside.api.ok('PUT', '/api/v1/mcp/instances/keyed/environment?wait=60', { API_KEY: next });
    const isNext = async () => {
      expect(await digest('keyed', 'API_KEY')).toBe(sha256(next));
    };
    await eventually(isNext, { deadlineMs: 120_000 });
    const refused = {
      environment: { API_KEY: canaries.make('refused'), 'NOT A NAME': canaries.make('misnamed') },
    };
    const answers = await told([...good, ...bad], [{ name: 'refused', template: 'keyed', ...refused }]);
    expect(answers.get(`/api/v1/mcp/instances/${good[3].id}/logs?tail=200`)).toContain('API_KEY=[redacted');
    expect(leaks(answers)).toEqual([]);
    expect(leaks(filesIn(quayside.folder))).toEqual([]);
    await Promise.all([...good, ...bad].map(removed));

    const tables = await tablesOf(quayside.database);
    expect([...tables.values()].join()).toContain('by-bearer');
    expect(leaks(tables)).toEqual([]);
    expect(leaks(filesIn(quayside.folder))).toEqual([]);
    // From its first lines on: the harness keeps a bounded number of them.
    expect(quayside.log.join()).toContain('ready to serve');
    expect(canaries.in(quayside.log.join('\n'))).toEqual([]);
    expect([...(ear?.heard ?? [])]).toEqual([]);
    if (ear !== undefined) expect(ear.commands).toBeGreaterThan(100);
    expect(secretFiles()).toEqual([]);
    hostile.close();
  });

  it('are told in the open only where nothing else is possible, and then say so', async () => {
    remote.isElsewhere = true;
    const open = await running('open', await withKey('open', docker('normal')));
    expect(open.secret_delivery).toBe('env');
    expect(open.secret_delivery_reason).toMatch(
      /^The (engine does not see the files|launcher .+ was not built)/,
    );
    expect(canaries.in(JSON.stringify((await shown(open)).Config.Env))).toEqual(['open']);
    expect(brokenRules(await shown(open))).toEqual([]);

    const setting = '/api/v1/settings/require_strong_secret_delivery';
    const { headers } = await quayside.api.request('GET', setting);
    await quayside.api.ok('PUT', setting, { value: true }, { 'if-match': headers.get('etag') ?? '' });
    const strict = await create('strict', await withKey('strict', docker('normal')));
    const refusal = "Secrets would be visible in the container's configuration: ";
    await quayside.settles(strict.id, ({ reason }) => reason.includes(refusal), refusal, 120_000);
    expect(await engine.containersOf(strict.id)).toEqual([]);
    if (LAUNCHER !== undefined) {
      remote.isElsewhere = false;
      const healed = await quayside.reaches(strict.id, 'running', 120_000);
      expect(healed.secret_delivery).not.toBe('env');
      expect(canaries.in(JSON.stringify(await shown(healed)))).toEqual([]);
    }
    await Promise.all([removed(open), removed(strict)]);
  });
});
