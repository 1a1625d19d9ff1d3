import { createHash, randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type ContainerSpec,
  DEFAULT_LIMITS,
  DockerEngine,
  type DockerEngineOptions,
  type EngineEvent,
  EngineUnavailableError,
  findLauncher,
  ImageNotFoundError,
  ImagePullFailedError,
  WeakSecretDeliveryError,
} from '@app/container-engine';
import { describeWithEngine, eventually, freePort } from '@app/testing';
import { Engine } from '../../e2e/engine';
import { EngineGate } from '../../e2e/engine-gate';
import { brokenRules } from '../../e2e/hardening';
import { conversation, engineContract } from './engine-contract';

const LAUNCHER = findLauncher(join(__dirname, '..', '..', '..'));
const NODE = '/usr/local/bin/node';
const BASE = { kind: 'image', image: 'quayside-test/base' } as const;
const ECHO = { kind: 'image', image: 'quayside-test/echo-stdio' } as const;
const CANARY = 'canary-\u2713 "of" $two\nlines';
const SECRETS = new Map([['API_KEY', CANARY]]);
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Files for another user need root, and the launcher a C compiler; elsewhere weaker ways are all there is. */
const canWriteFiles = process.getuid?.() === 0 && process.platform === 'linux';
const itWithFiles = canWriteFiles ? it : it.skip;
const itWithLauncher = LAUNCHER === undefined ? it.skip : it;
const itWithBoth = canWriteFiles ? itWithLauncher : it.skip;
const registry = JSON.parse(process.env['QUAYSIDE_TEST_REGISTRY_IMAGES'] ?? 'null') as {
  readonly present: string;
  readonly unknown: string;
  readonly denied: string;
  readonly stalled: string;
} | null;
const itWithRegistry = registry === null ? it.skip : it;

describeWithEngine('DockerEngine', ({ host, socketPath }) => {
  const secretsFolder = `/dev/shm/quayside-contract-${randomUUID()}`;
  const withLauncher = LAUNCHER === undefined ? {} : { launcherPath: LAUNCHER };
  afterAll(() => {
    rmSync(secretsFolder, { recursive: true, force: true });
  });

  engineContract({
    open: () => new DockerEngine({ host, secretsFolder, ...withLauncher }),
    stdioServer: ECHO,
    exits: { kind: 'image', image: 'quayside-test/exits' },
    ticks: { workload: BASE, command: [NODE, '-e', 'setInterval(() => console.log("tick"), 50)'] },
    unsupported: { kind: 'bundled', name: 'echo' },
    hasNetworks: true,
  });

  const installation = `contract-${randomUUID()}`;
  const witness = new Engine(socketPath);
  const opened: DockerEngine[] = [];
  const open = (options: Partial<DockerEngineOptions> = {}): DockerEngine => {
    const engine = new DockerEngine({ host, ...options });
    opened.push(engine);
    return engine;
  };
  afterAll(async () => {
    const engine = open({ secretsFolder });
    for (const { id } of await engine.list({ installation })) await engine.remove(id);
    await Promise.all(opened.map((each) => each.close()));
  });

  const specOf = (changes: Partial<ContainerSpec> = {}): ContainerSpec => ({
    identity: { installation, instanceId: randomUUID(), generation: 1, replica: 0, specHash: 'hash-1' },
    workload: ECHO,
    environment: {},
    limits: DEFAULT_LIMITS,
    stdio: true,
    ...changes,
  });
  const secretsOf = (changes: Partial<NonNullable<ContainerSpec['secrets']>> = {}) => ({
    secrets: { values: SECRETS, acceptsFiles: false, allowPlainEnvironment: true, ...changes },
  });

  /** Makes and starts a stdio server, and answers with what its environment holds and what the engine shows. */
  async function delivered(engine: DockerEngine, spec: ContainerSpec) {
    const { id, secretDelivery, secretDeliveryReason } = await engine.create(spec);
    const attachment = await engine.attach(id);
    await engine.start(id, SECRETS);
    const call = { method: 'tools/call', params: { name: 'environment', arguments: { name: 'API_KEY' } } };
    const answer = JSON.stringify(await conversation(attachment)(call));
    const shown = await witness.inspect(id);
    attachment.close();
    return { id, secretDelivery, secretDeliveryReason, answer, shown };
  }

  describe('hands secrets over', () => {
    const text = JSON.stringify(CANARY).slice(1, -1);

    itWithFiles('in files, to an image that says it reads them', async () => {
      const engine = open({ secretsFolder, ...withLauncher });
      const reads = `
        const text = require('node:fs').readFileSync(process.env.API_KEY_FILE, 'utf8');
        console.log(require('node:crypto').createHash('sha256').update(text).digest('hex'));`;
      const spec = specOf({
        ...secretsOf({ acceptsFiles: true }),
        workload: BASE,
        command: [NODE, '-e', reads],
        stdio: false,
      });
      const { id, secretDelivery } = await engine.create(spec);
      expect(secretDelivery).toBe('file');
      await engine.start(id, SECRETS);
      await eventually(async () => {
        expect(await engine.logs(id, { tail: 1 })).toEqual([sha256(CANARY)]);
      });
      const shown = await witness.inspect(id);
      expect(shown.Config.Env).toContain('API_KEY_FILE=/run/secrets/API_KEY');
      expect(JSON.stringify(shown)).not.toContain(text);

      const folder = join(secretsFolder, `quayside-${installation}`);
      expect(await readdir(folder)).toContain(shown.Name.slice(1));
      await engine.stop(id, 0);
      expect(await readdir(folder)).not.toContain(shown.Name.slice(1));
    });

    itWithBoth('by the launcher from a file', async () => {
      const engine = open({ secretsFolder, ...withLauncher });
      const { answer, shown, secretDelivery } = await delivered(engine, specOf(secretsOf()));
      expect(secretDelivery).toBe('launcher');
      expect(answer).toContain(sha256(CANARY));
      expect(JSON.stringify(shown)).not.toContain(text);
      expect(brokenRules(shown)).toEqual([]);
    });

    itWithLauncher('by the launcher over the standard input, and leaves the rest to the server', async () => {
      const noMemoryDisk = await mkdtemp(join(tmpdir(), 'quayside-disk-'));
      const engine = open({ secretsFolder: join(noMemoryDisk, 'x\0'), ...withLauncher });
      const { answer, shown, secretDelivery, secretDeliveryReason } = await delivered(
        engine,
        specOf(secretsOf({ allowPlainEnvironment: false })),
      );
      expect(secretDelivery).toBe('stdin');
      expect(secretDeliveryReason).toMatch(/folder in memory|not root/);
      expect(answer).toContain(sha256(CANARY));
      expect(JSON.stringify(shown)).not.toContain(text);
      await rm(noMemoryDisk, { recursive: true });
    });

    it('in the open where nothing else is possible, and says so', async () => {
      const engine = open();
      const { answer, shown, secretDelivery, secretDeliveryReason } = await delivered(
        engine,
        specOf(secretsOf()),
      );
      expect(secretDelivery).toBe('env');
      expect(secretDeliveryReason).toContain('no C compiler');
      expect(answer).toContain(sha256(CANARY));
      expect(JSON.stringify(shown)).toContain(text);

      const strict = specOf(secretsOf({ allowPlainEnvironment: false }));
      await expect(engine.create(strict)).rejects.toThrow(WeakSecretDeliveryError);
      expect(await engine.list({ installation, instanceId: strict.identity.instanceId })).toEqual([]);
    });
  });

  it('hardens a container whatever it is asked for', async () => {
    const engine = open();
    const instanceId = randomUUID();
    const { id: networkId } = await engine.ensureNetwork(installation, instanceId);
    const limits = { memoryBytes: 96 * 1024 * 1024, cpus: 0.25, pids: 40 };
    const { id } = await engine.create(
      specOf({
        identity: { installation, instanceId, generation: 3, replica: 2, specHash: 'h' },
        networkId,
        limits,
        stdio: false,
        workload: BASE,
        command: [NODE, '-e', 'setInterval(() => 0, 1000)', '--privileged', '--network=host'],
        environment: { DOCKER_HOST: 'unix:///var/run/docker.sock' },
      }),
    );
    await engine.start(id);
    const shown = await witness.inspect(id);
    expect(brokenRules(shown)).toEqual([]);
    expect(shown.HostConfig).toMatchObject({
      Memory: limits.memoryBytes,
      NanoCpus: 250_000_000,
      PidsLimit: 40,
    });
    expect(Object.values(shown.NetworkSettings.Networks).map(({ NetworkID }) => NetworkID)).toEqual([
      networkId,
    ]);
    expect(await witness.network(networkId)).toMatchObject({ Internal: true });
    await engine.remove(id);
    await engine.removeNetwork(networkId);
  });

  it('keeps a server that dies by memory apart from one that fails', async () => {
    const engine = open();
    const spec = specOf({ workload: { kind: 'image', image: 'quayside-test/oom' }, stdio: false });
    // What the engine learns after the end, only its events tell.
    engine.events({ installation: spec.identity.installation }, () => undefined);
    const { id } = await engine.create(spec);
    await engine.start(id);
    await eventually(async () => {
      expect(await engine.inspect(id)).toMatchObject({ state: 'exited', oomKilled: true });
    });
  });

  describe('pulls', () => {
    const pulling = (image: string, options: Partial<DockerEngineOptions> = {}) => open(options).pull(image);

    itWithRegistry('an image, and tells how far it is', async () => {
      const engine = open();
      const seen: string[] = [];
      await engine.pull(registry!.present, ({ status }) => seen.push(status));
      expect(seen).not.toEqual([]);
      expect((await engine.imageInfo(registry!.present))?.digest).toMatch(/@sha256:[0-9a-f]{64}$/);
    });

    itWithRegistry('nothing that is not there, in the words of the registry', async () => {
      await expect(pulling(registry!.unknown)).rejects.toThrow(ImageNotFoundError);
      await expect(pulling(registry!.denied)).rejects.toThrow(ImageNotFoundError);
      expect(await open().imageInfo(registry!.unknown)).toBeUndefined();
      const create = open().create(specOf({ workload: { kind: 'image', image: registry!.unknown } }));
      await expect(create).rejects.toThrow(ImageNotFoundError);
    });

    itWithRegistry('no longer when nothing comes', async () => {
      const stalled = pulling(registry!.stalled, { pullSilenceMs: 2_000 });
      await expect(stalled).rejects.toThrow(ImagePullFailedError);
    });
  });

  it('says why when nobody answers', async () => {
    const gone = open({ host: `unix://${tmpdir()}/${randomUUID()}.sock` });
    await expect(gone.ping()).rejects.toThrow(EngineUnavailableError);
    await expect(gone.list({ installation })).rejects.toThrow('its socket does not exist');
    await expect(gone.pull('quayside-test/echo')).rejects.toThrow(EngineUnavailableError);
    const shut = open({ host: `tcp://127.0.0.1:${String(await freePort())}` });
    await expect(shut.create(specOf())).rejects.toThrow('nothing listens at its address');
  });

  it('goes on watching after the engine was away', async () => {
    const gate = new EngineGate(socketPath);
    await gate.open();
    const engine = open({ host: gate.host });
    const kinds: EngineEvent['kind'][] = [];
    const stop = engine.events({ installation }, ({ kind }) => kinds.push(kind));
    const until = (...wanted: EngineEvent['kind'][]) =>
      eventually(() => {
        expect(kinds.filter((kind, index) => kind !== kinds[index - 1])).toEqual(wanted);
      });
    await until('connected');
    await gate.shut();
    await until('connected', 'disconnected');
    await expect(engine.ping()).rejects.toThrow(EngineUnavailableError);
    await gate.open();
    await until('connected', 'disconnected', 'connected');
    stop();
    await gate.remove();
  });
});
