import { createHash, randomUUID } from 'node:crypto';
import { createInterface } from 'node:readline';
import {
  type Attachment,
  type ContainerEngine,
  type ContainerSpec,
  ContainerNameTakenError,
  ContainerNotFoundError,
  ContainerNotRunningError,
  DEFAULT_LIMITS,
  type EngineEvent,
  type Workload,
  WorkloadNotSupportedError,
} from '@app/container-engine';
import { eventually } from '@app/testing';

export interface ContractSubject {
  /** A new adapter to the same engine; the suite closes it. */
  open(): ContainerEngine;
  /** Answers one JSON-RPC message per line until it is stopped; its tool `environment` tells the hash of a variable. */
  readonly stdioServer: Workload;
  /** Writes "Cannot start" to its error output and ends with code 3. */
  readonly exits: Workload;
  /** Writes "tick" to its output, again and again. */
  readonly ticks: Pick<ContainerSpec, 'workload' | 'command'>;
  readonly unsupported: Workload | undefined;
  readonly hasNetworks: boolean;
}

/** Everything here passes on every engine; the product may rely on nothing else. */
export function engineContract(subject: ContractSubject): void {
  const installation = `contract-${randomUUID()}`;
  const SECRET = new Map([['API_KEY', 'a "secret" $value\nof two lines ✓']]);
  let engine: ContainerEngine;

  beforeAll(() => {
    engine = subject.open();
  });
  afterAll(async () => {
    for (const { id } of await engine.list({ installation })) await engine.remove(id);
    for (const { id } of await engine.listNetworks({ installation })) await engine.removeNetwork(id);
    await engine.close();
  });

  const specOf = (changes: Partial<ContainerSpec> = {}): ContainerSpec => ({
    identity: { installation, instanceId: randomUUID(), generation: 1, replica: 0, specHash: 'hash-1' },
    workload: subject.stdioServer,
    environment: {},
    limits: DEFAULT_LIMITS,
    stdio: true,
    ...changes,
  });
  const stateOf = async (id: string) => (await engine.inspect(id))?.state;
  const until = (id: string, state: string) =>
    eventually(async () => {
      expect(await stateOf(id)).toBe(state);
    });

  it('answers and tells about itself', async () => {
    await engine.ping();
    expect(await engine.info()).toMatchObject({
      kind: engine.kind,
      version: expect.stringMatching(/./) as string,
    });
  });

  it('leads a container through its life, and minds no repetition', async () => {
    const spec = specOf();
    const { id, adopted } = await engine.create(spec);
    expect(adopted).toBe(false);
    expect(await engine.inspect(id)).toMatchObject({
      id,
      identity: spec.identity,
      state: 'created',
      exitCode: null,
    });

    await engine.start(id);
    await until(id, 'running');
    await engine.start(id);
    expect((await engine.inspect(id))?.startedAt).toBeInstanceOf(Date);

    await engine.stop(id, 5);
    await engine.stop(id, 5);
    await until(id, 'exited');

    await engine.remove(id);
    await engine.remove(id);
    expect(await engine.inspect(id)).toBeUndefined();
    await engine.stop(id, 5);
  });

  it('adopts a container of the same identity, and refuses another of its name', async () => {
    const spec = specOf();
    const first = await engine.create(spec);
    expect(await engine.create(spec)).toMatchObject({ id: first.id, adopted: true });

    const other = specOf({ identity: { ...spec.identity, specHash: 'hash-2' } });
    await expect(engine.create(other)).rejects.toThrow(ContainerNameTakenError);
  });

  it('makes one container of many creates at once', async () => {
    const spec = specOf();
    const created = await Promise.all([1, 2, 3, 4].map(() => engine.create(spec)));
    expect(new Set(created.map(({ id }) => id)).size).toBe(1);
    const { installation: own, instanceId } = spec.identity;
    expect(await engine.list({ installation: own, instanceId })).toHaveLength(1);
  });

  it('lists by installation and by instance, and finds by name', async () => {
    const spec = specOf();
    const { id } = await engine.create(spec);
    const [listed, ...more] = await engine.list({ installation, instanceId: spec.identity.instanceId });
    expect(more).toEqual([]);
    expect(listed).toMatchObject({ id, identity: spec.identity, state: 'created' });
    expect(await engine.list({ installation: `other-${installation}` })).toEqual([]);
    expect((await engine.inspect(listed!.name))?.id).toBe(id);
  });

  it('keeps the code and the last words of a server that ends by itself', async () => {
    const { id } = await engine.create(specOf({ workload: subject.exits, stdio: false }));
    await engine.start(id);
    await until(id, 'exited');
    expect(await engine.inspect(id)).toMatchObject({ exitCode: 3, oomKilled: false });
    // Output and error output are two pipes: which of their lines an engine keeps last is not for us to say.
    await eventually(async () => {
      expect((await engine.logs(id, { tail: 10 })).join('\n')).toContain('Cannot start');
    });
    expect(await engine.logs(id, { tail: 1 })).toHaveLength(1);
    expect(await engine.logs(id, { tail: 0 })).toEqual([]);
  });

  it('follows what a server writes, until it is told to stop', async () => {
    const { id } = await engine.create(specOf({ ...subject.ticks, stdio: false }));
    await engine.start(id);
    const lines: string[] = [];
    const stop = await engine.follow(id, (line) => lines.push(line));
    await eventually(() => {
      expect(lines.length).toBeGreaterThan(2);
    });
    expect(new Set(lines)).toEqual(new Set(['tick']));
    stop();
    await engine.remove(id);
  });

  it('carries messages over the standard streams from the first byte on', async () => {
    const { id } = await engine.create(specOf());
    const attachment = await engine.attach(id);
    await engine.start(id);
    const talk = conversation(attachment);
    expect(await talk({ method: 'ping' })).toMatchObject({ result: {} });
    expect(await talk({ method: 'tools/list' })).toMatchObject({
      result: { tools: expect.any(Array) as unknown[] },
    });

    attachment.close();
    expect(await stateOf(id)).toBe('running');
  });

  it('lets somebody else take the streams over', async () => {
    const { id } = await engine.create(specOf());
    const first = await engine.attach(id);
    await engine.start(id);
    await conversation(first)({ method: 'ping' });
    first.close();

    const second = await engine.attach(id);
    expect(await conversation(second)({ method: 'ping' })).toMatchObject({ result: {} });
    second.close();
  });

  it('ends the streams with the server', async () => {
    const { id } = await engine.create(specOf());
    const attachment = await engine.attach(id);
    const ended = new Promise((resolve) => attachment.stdout.once('end', resolve));
    attachment.stdout.resume();
    attachment.stderr.resume();
    await engine.start(id);
    await engine.remove(id);
    await ended;
  });

  it('hands secrets to the server and to nobody else', async () => {
    const secrets = { values: SECRET, acceptsFiles: false, allowPlainEnvironment: true };
    const { id, secretDelivery, secretDeliveryReason } = await engine.create(specOf({ secrets }));
    expect(secretDelivery).not.toBeNull();
    expect(secretDeliveryReason).toMatch(/^[A-Z].+\.$/);
    const attachment = await engine.attach(id);
    await engine.start(id, SECRET);

    const call = { method: 'tools/call', params: { name: 'environment', arguments: { name: 'API_KEY' } } };
    const answer = JSON.stringify(await conversation(attachment)(call));
    const hash = createHash('sha256').update(SECRET.get('API_KEY')!).digest('hex');
    expect(answer).toContain(hash);
    attachment.close();

    const details = await engine.inspect(id);
    expect(details?.secretDelivery).toBe(secretDelivery);
    expect(JSON.stringify(details)).not.toContain('two lines');
  });

  it('nudges about what happens to containers of the installation', async () => {
    const seen: EngineEvent[] = [];
    const stop = engine.events({ installation }, (event) => seen.push(event));
    await eventually(() => {
      expect(seen).toContainEqual({ kind: 'connected' });
    });
    const spec = specOf();
    const { id } = await engine.create(spec);
    await engine.start(id);
    await engine.stop(id, 5);
    const event = { kind: 'container', containerId: id, instanceId: spec.identity.instanceId, action: 'die' };
    await eventually(() => {
      expect(seen).toContainEqual(event);
    });
    stop();
  });

  it('measures what runs', async () => {
    const { id } = await engine.create(specOf());
    await engine.start(id);
    await eventually(async () => {
      const stats = await engine.stats(id);
      expect(stats.memoryBytes).toBeGreaterThan(0);
      expect(stats.pids).toBeGreaterThan(0);
      expect(stats.cpuPercent).toBeGreaterThanOrEqual(0);
      expect(stats.memoryLimitBytes).toBe(DEFAULT_LIMITS.memoryBytes);
    });
    await engine.stop(id, 5);
    await expect(engine.stats(id)).rejects.toThrow(ContainerNotRunningError);
  });

  it('says so when there is no such container', async () => {
    const id = randomUUID().replaceAll('-', '');
    expect(await engine.inspect(id)).toBeUndefined();
    await expect(engine.start(id)).rejects.toThrow(ContainerNotFoundError);
    await expect(engine.logs(id, { tail: 1 })).rejects.toThrow(ContainerNotFoundError);
    await expect(engine.attach(id)).rejects.toThrow(ContainerNotFoundError);
    await expect(engine.stats(id)).rejects.toThrow(ContainerNotFoundError);
  });

  it('refuses what it cannot run, in words', async () => {
    if (subject.unsupported === undefined) return;
    const create = engine.create(specOf({ workload: subject.unsupported }));
    await expect(create).rejects.toThrow(WorkloadNotSupportedError);
  });

  it('sweeps without touching what is there', async () => {
    const { id } = await engine.create(specOf());
    await engine.sweep(installation);
    expect(await stateOf(id)).toBe('created');
  });

  it('gives an instance one network, however often it is asked', async () => {
    if (!subject.hasNetworks) return;
    const instanceId = randomUUID();
    const made = await Promise.all([1, 2, 3].map(() => engine.ensureNetwork(installation, instanceId)));
    expect(new Set(made.map(({ id }) => id)).size).toBe(1);
    expect((await engine.ensureNetwork(installation, instanceId)).id).toBe(made[0]!.id);
    expect(await engine.listNetworks({ installation, instanceId })).toHaveLength(1);

    await engine.removeNetwork(made[0]!.id);
    await engine.removeNetwork(made[0]!.id);
    expect(await engine.listNetworks({ installation, instanceId })).toEqual([]);
  });
}

interface Message {
  readonly method: string;
  readonly params?: object;
}

/** Asks over the streams and waits for the answer of that question. */
export function conversation({ stdin, stdout, stderr }: Attachment): (message: Message) => Promise<unknown> {
  const waiting = new Map<number, (answer: unknown) => void>();
  let last = 0;
  stderr.resume();
  createInterface({ input: stdout }).on('line', (line) => {
    const answer = JSON.parse(line) as { id: number };
    waiting.get(answer.id)?.(answer);
  });
  return (message) =>
    new Promise((resolve) => {
      last += 1;
      waiting.set(last, resolve);
      stdin.write(`${JSON.stringify({ jsonrpc: '2.0', id: last, ...message })}\n`);
    });
}
