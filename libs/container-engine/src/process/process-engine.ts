import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type Attachment,
  ContainerEngine,
  type ContainerDetails,
  type ContainerFilter,
  type ContainerStats,
  type ContainerStatus,
  type CreatedContainer,
  type EngineEvent,
  type EngineInfo,
  type ImageInfo,
  type LogOptions,
  type NetworkStatus,
} from '../container-engine';
import { containerName, type ContainerSpec, networkName, sameIdentity } from '../container-spec';
import { ContainerNameTakenError, ContainerNotRunningError } from '../errors';
import { StatsSampler } from '../stats-sampler';
import { within } from '../within';
import { type BundledEntry } from './bundled-entry';
import { type ChildEnding } from './child';
import { processMark } from './process-mark';
import { newRecord, type ProcessRecord } from './process-record';
import { sampleGroup } from './process-stats';
import { detailsOf, matches, statusOf } from './process-status';
import { type KnownProcess, ProcessTable } from './process-table';
import { checkedEntry, childEnvironment, entryOf, imageRefusal } from './process-workload';
import { describeSandbox, type Sandbox, sandboxedCommand } from './sandbox';
import { homesIn, isProbeHome, makeHome, probeSandbox } from './sandbox-probe';

export { type BundledEntry } from './bundled-entry';

export interface ProcessEngineOptions {
  readonly bundled: readonly BundledEntry[];
  /** Homes, and the list of what runs, so that a restart finds and ends it. */
  readonly dataDir: string;
  /** The first of a range of user ids that belong to nobody; each process gets one of its own when we are root. */
  readonly firstUid?: number;
}

const DEFAULT_FIRST_UID = 231_000;
const DELIVERY_REASON = 'The process gets them when it starts; they are stored nowhere.';
/** A process that was killed is gone within moments; the kernel may still be busy with its memory. */
const KILLED_WITHIN_MS = 10_000;

/** Bundled programs as child processes: the engine of a machine that has none. */
export class ProcessEngine extends ContainerEngine {
  readonly kind = 'process';
  readonly #table: ProcessTable;
  readonly #listeners = new Map<(event: EngineEvent) => void, ContainerFilter>();
  readonly #sampler = new StatsSampler();
  #opened: Promise<void> | undefined;
  #sandbox: Promise<Sandbox> | undefined;

  constructor(private readonly options: ProcessEngineOptions) {
    super();
    this.#table = new ProcessTable(options.dataDir);
  }

  override async ping(): Promise<void> {
    await this.#table.open();
  }

  override async info(): Promise<EngineInfo> {
    await this.#table.open();
    const sandbox = await this.#usableSandbox();
    const isolation = describeSandbox(sandbox);
    return { kind: 'process', version: process.version, isolation, appArmor: false, rootless: true };
  }

  override pull(image: string): Promise<void> {
    return Promise.reject(imageRefusal(image));
  }

  override imageInfo(_image: string): Promise<ImageInfo | undefined> {
    return Promise.resolve(undefined);
  }

  override canPull(_image: string): Promise<boolean> {
    return Promise.resolve(false);
  }

  override async create(spec: ContainerSpec): Promise<CreatedContainer> {
    const entry = checkedEntry(spec, this.options.bundled);
    await this.#table.open();
    const name = containerName(spec.identity);
    const hasSecrets = (spec.secrets?.values.size ?? 0) > 0;
    const delivery = {
      secretDelivery: hasSecrets ? ('launcher' as const) : null,
      secretDeliveryReason: hasSecrets ? DELIVERY_REASON : null,
    };
    const there = this.#table.lookUp(name);
    if (there !== undefined) {
      if (!sameIdentity(spec.identity, there.record.identity)) throw new ContainerNameTakenError(name);
      return { id: there.record.id, adopted: true, ...delivery };
    }
    const record = newRecord(spec, { name, entry: entry.name, slot: this.#table.freeSlot() });
    await this.#table.add(record);
    this.#tell(record, 'create');
    return { id: record.id, adopted: false, ...delivery };
  }

  override async start(id: string, secrets: ReadonlyMap<string, string> = new Map()): Promise<void> {
    await this.#table.open();
    const known = this.#table.find(id);
    // A process lives once, as a container does here: whoever wants it again makes a new one.
    if (known.record.state !== 'created') return;
    known.starting ??= this.#start(known, secrets).finally(() => {
      delete known.starting;
    });
    await known.starting;
  }

  override async stop(id: string, timeoutS: number): Promise<void> {
    await this.#table.open();
    const running = this.#table.lookUp(id);
    await running?.starting?.catch(() => undefined);
    if (running?.child.ended === undefined) return;
    running.child.signal('SIGTERM');
    if (await within(running.child.ended, timeoutS * 1000)) return;
    running.child.signal('SIGKILL');
    await within(running.child.ended, KILLED_WITHIN_MS);
  }

  override async remove(id: string): Promise<void> {
    await this.#table.open();
    const running = this.#table.lookUp(id);
    if (running === undefined) return;
    const { record, child } = running;
    await running.starting?.catch(() => undefined);
    child.signal('SIGKILL');
    if (child.ended !== undefined) await within(child.ended, KILLED_WITHIN_MS);
    this.#sampler.forget(record.id);
    await this.#table.remove(record);
    await rm(this.#homeOf(record), { recursive: true, force: true });
    this.#tell(record, 'destroy');
  }

  override async list(filter: ContainerFilter): Promise<ContainerStatus[]> {
    await this.#table.open();
    return this.#table
      .all()
      .filter(({ record }) => matches(filter, record.identity))
      .map(({ record }) => statusOf(record));
  }

  override async inspect(idOrName: string): Promise<ContainerDetails | undefined> {
    await this.#table.open();
    const running = this.#table.lookUp(idOrName);
    return running === undefined ? undefined : detailsOf(running.record);
  }

  override async logs(id: string, { tail }: LogOptions): Promise<string[]> {
    await this.#table.open();
    return this.#table.find(id).child.output.tail(tail);
  }

  override async follow(id: string, onLine: (line: string) => void): Promise<() => void> {
    await this.#table.open();
    return this.#table.find(id).child.output.listen(onLine);
  }

  override async stats(id: string): Promise<ContainerStats> {
    await this.#table.open();
    const { record } = this.#table.find(id);
    const { pid, state, name, limits } = record;
    if (pid === null || state !== 'running') throw new ContainerNotRunningError(name, 'measure it');
    return this.#sampler.stats(record.id, () => sampleGroup(pid, limits.memoryBytes));
  }

  override async attach(id: string): Promise<Attachment> {
    await this.#table.open();
    return this.#table.find(id).child.attach();
  }

  override events(filter: ContainerFilter, onEvent: (event: EngineEvent) => void): () => void {
    const listener = (event: EngineEvent): void => {
      onEvent(event);
    };
    this.#listeners.set(listener, filter);
    const tell = (event: EngineEvent): void => {
      if (this.#listeners.has(listener)) listener(event);
    };
    void this.#table.open().then(
      () => {
        tell({ kind: 'connected' });
      },
      (error: unknown) => {
        tell({ kind: 'disconnected', reason: error instanceof Error ? error.message : String(error) });
      },
    );
    return () => {
      this.#listeners.delete(listener);
    };
  }

  /** Processes have no network of their own: the sandbox takes it away, or it is the machine's. */
  override ensureNetwork(_installation: string, instanceId: string): Promise<NetworkStatus> {
    return Promise.resolve({ id: 'none', name: networkName(instanceId), instanceId, subnet: null });
  }

  override removeNetwork(_id: string): Promise<void> {
    return Promise.resolve();
  }

  override listNetworks(_filter: ContainerFilter): Promise<NetworkStatus[]> {
    return Promise.resolve([]);
  }

  /** Homes whose process was removed while the power went. */
  override async sweep(_installation: string): Promise<void> {
    await this.#table.open();
    const homes = await readdir(this.#homes).catch(() => [] as string[]);
    const strays = homes.filter((name) => !isProbeHome(name) && this.#table.lookUp(name) === undefined);
    for (const name of strays) await rm(join(this.#homes, name), { recursive: true, force: true });
  }

  override async close(): Promise<void> {
    this.#listeners.clear();
    const running = this.#table.all();
    for (const { child } of running) child.signal('SIGKILL');
    for (const { child } of running)
      if (child.ended !== undefined) await within(child.ended, KILLED_WITHIN_MS);
  }

  async #start({ record, child }: KnownProcess, secrets: ReadonlyMap<string, string>): Promise<void> {
    const sandbox = await this.#usableSandbox();
    const home = this.#homeOf(record);
    await makeHome(home, sandbox.ownUser ? this.#uidOf(record) : undefined);
    const entry = entryOf(record.entry, this.options.bundled);
    const ended = child.start({
      command: sandboxedCommand(sandbox, {
        nodeArgs: [...entry.args(home), ...record.command],
        home,
        uid: this.#uidOf(record),
        limits: record.limits,
        writablePaths: entry.writablePaths?.(record.environment) ?? [],
        usesNetwork: entry.usesNetwork ?? false,
      }),
      home,
      environment: childEnvironment(home, record.environment, secrets),
    });
    Object.assign(record, {
      state: 'running',
      startedAt: new Date().toISOString(),
      pid: child.pid ?? null,
    });
    this.#tell(record, 'start');
    void ended.then((ending) => this.#noteEnd(record, ending));
    record.mark = (child.pid === undefined ? undefined : await processMark(child.pid)) ?? null;
    await this.#table.save(record);
  }

  async #noteEnd(record: ProcessRecord, ending: ChildEnding): Promise<void> {
    Object.assign(record, { ...ending, state: 'exited', finishedAt: new Date().toISOString() });
    this.#tell(record, 'die');
    // Not written down it is no loss: the next life of ours would look for the process and not find it.
    await this.#table.save(record).catch(() => undefined);
  }

  #uidOf({ slot }: ProcessRecord): number {
    return (this.options.firstUid ?? DEFAULT_FIRST_UID) + slot;
  }

  get #homes(): string {
    return homesIn(this.options.dataDir);
  }

  #homeOf({ id }: ProcessRecord): string {
    return join(this.#homes, id);
  }

  #usableSandbox(): Promise<Sandbox> {
    const { dataDir, bundled, firstUid = DEFAULT_FIRST_UID } = this.options;
    this.#sandbox ??= probeSandbox(dataDir, bundled, firstUid).catch((error: unknown) => {
      this.#sandbox = undefined;
      throw error;
    });
    return this.#sandbox;
  }

  #tell({ id, identity }: ProcessRecord, action: string): void {
    for (const [listener, filter] of this.#listeners) {
      if (!matches(filter, identity)) continue;
      listener({ kind: 'container', containerId: id, instanceId: identity.instanceId, action });
    }
  }
}
