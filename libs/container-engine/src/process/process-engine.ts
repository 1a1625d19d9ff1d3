import { rm } from 'node:fs/promises';
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
import { ContainerNameTakenError, ContainerNotFoundError, ContainerNotRunningError } from '../errors';
import { StatsSampler } from '../stats-sampler';
import { within } from '../within';
import { type BundledEntry } from './bundled-entry';
import { Child } from './child';
import { processMark, signalGroup } from './process-mark';
import { newRecord, type ProcessRecord, ProcessRecords } from './process-record';
import { detailsOf, matches, statusOf } from './process-status';
import { sampleGroup } from './process-stats';
import { checkedEntry, childEnvironment, entryOf, imageRefusal } from './process-workload';
import { describeSandbox, type Sandbox, sandboxedCommand } from './sandbox';
import { makeHome, probeSandbox } from './sandbox-probe';

export { type BundledEntry } from './bundled-entry';

export interface ProcessEngineOptions {
  readonly bundled: readonly BundledEntry[];
  /** Homes, and the list of what runs, so that a restart finds and ends it. */
  readonly dataDir: string;
  /** The first of a range of user ids that belong to nobody; each process gets one of its own when we are root. */
  readonly firstUid?: number;
}

const DEFAULT_FIRST_UID = 231_000;
const MAX_SLOTS = 1_000;
const DELIVERY_REASON = 'The process gets them when it starts; they are stored nowhere.';
/** A process that was killed is gone within moments; the kernel may still be busy with its memory. */
const KILLED_WITHIN_MS = 10_000;

interface Running {
  readonly record: ProcessRecord;
  readonly child: Child;
}

/** Bundled programs as child processes: the engine of a machine that has none. */
export class ProcessEngine extends ContainerEngine {
  readonly kind = 'process';
  readonly #records: ProcessRecords;
  readonly #processes = new Map<string, Running>();
  readonly #listeners = new Map<(event: EngineEvent) => void, ContainerFilter>();
  readonly #sampler = new StatsSampler();
  #opened: Promise<void> | undefined;
  #sandbox: Promise<Sandbox> | undefined;

  constructor(private readonly options: ProcessEngineOptions) {
    super();
    this.#records = new ProcessRecords(options.dataDir);
  }

  override async ping(): Promise<void> {
    await this.#open();
  }

  override async info(): Promise<EngineInfo> {
    await this.#open();
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

  override async create(spec: ContainerSpec): Promise<CreatedContainer> {
    const entry = checkedEntry(spec, this.options.bundled);
    await this.#open();
    const name = containerName(spec.identity);
    const hasSecrets = (spec.secrets?.values.size ?? 0) > 0;
    const delivery = {
      secretDelivery: hasSecrets ? ('launcher' as const) : null,
      secretDeliveryReason: hasSecrets ? DELIVERY_REASON : null,
    };
    const there = this.#lookUp(name);
    if (there !== undefined) {
      if (!sameIdentity(spec.identity, there.record.identity)) throw new ContainerNameTakenError(name);
      return { id: there.record.id, adopted: true, ...delivery };
    }
    const record = newRecord(spec, { name, entry: entry.name, slot: this.#freeSlot() });
    // Known before the first await, so that a second create meets it.
    this.#processes.set(record.id, { record, child: new Child(record.stdio) });
    await this.#records.save(record);
    this.#tell(record, 'create');
    return { id: record.id, adopted: false, ...delivery };
  }

  override async start(id: string, secrets: ReadonlyMap<string, string> = new Map()): Promise<void> {
    await this.#open();
    const { record, child } = this.#find(id);
    // A process lives once, as a container does here: whoever wants it again makes a new one.
    if (record.state !== 'created') return;
    record.state = 'running';
    record.startedAt = new Date().toISOString();
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
    record.pid = child.pid ?? null;
    record.mark = (child.pid === undefined ? undefined : await processMark(child.pid)) ?? null;
    void ended.then(async ({ exitCode, signal, error }) => {
      Object.assign(record, {
        state: 'exited',
        exitCode,
        signal,
        error,
        finishedAt: new Date().toISOString(),
      });
      if (this.#processes.has(record.id)) await this.#records.save(record);
      this.#tell(record, 'die');
    });
    await this.#records.save(record);
    this.#tell(record, 'start');
  }

  override async stop(id: string, timeoutS: number): Promise<void> {
    await this.#open();
    const running = this.#lookUp(id);
    if (running?.child.ended === undefined) return;
    running.child.signal('SIGTERM');
    if (await within(running.child.ended, timeoutS * 1000)) return;
    running.child.signal('SIGKILL');
    await within(running.child.ended, KILLED_WITHIN_MS);
  }

  override async remove(id: string): Promise<void> {
    await this.#open();
    const running = this.#lookUp(id);
    if (running === undefined) return;
    const { record, child } = running;
    child.signal('SIGKILL');
    if (child.ended !== undefined) await within(child.ended, KILLED_WITHIN_MS);
    this.#processes.delete(record.id);
    this.#sampler.forget(record.id);
    await this.#records.remove(record.id);
    await rm(this.#homeOf(record), { recursive: true, force: true });
    this.#tell(record, 'destroy');
  }

  override async list(filter: ContainerFilter): Promise<ContainerStatus[]> {
    await this.#open();
    return [...this.#processes.values()]
      .filter(({ record }) => matches(filter, record.identity))
      .map(({ record }) => statusOf(record));
  }

  override async inspect(idOrName: string): Promise<ContainerDetails | undefined> {
    await this.#open();
    const running = this.#lookUp(idOrName);
    return running === undefined ? undefined : detailsOf(running.record);
  }

  override async logs(id: string, { tail }: LogOptions): Promise<string[]> {
    await this.#open();
    return this.#find(id).child.output.tail(tail);
  }

  override async follow(id: string, onLine: (line: string) => void): Promise<() => void> {
    await this.#open();
    return this.#find(id).child.output.listen(onLine);
  }

  override async stats(id: string): Promise<ContainerStats> {
    await this.#open();
    const { record } = this.#find(id);
    const { pid, state, name, limits } = record;
    if (pid === null || state !== 'running') throw new ContainerNotRunningError(name, 'measure it');
    return this.#sampler.stats(record.id, () => sampleGroup(pid, limits.memoryBytes));
  }

  override async attach(id: string): Promise<Attachment> {
    await this.#open();
    return this.#find(id).child.attach();
  }

  override events(filter: ContainerFilter, onEvent: (event: EngineEvent) => void): () => void {
    const listener = (event: EngineEvent): void => {
      onEvent(event);
    };
    this.#listeners.set(listener, filter);
    void this.#open().then(() => {
      if (this.#listeners.has(listener)) listener({ kind: 'connected' });
    });
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

  override sweep(_installation: string): Promise<void> {
    return Promise.resolve();
  }

  override async close(): Promise<void> {
    this.#listeners.clear();
    const running = [...this.#processes.values()];
    for (const { child } of running) child.signal('SIGKILL');
    for (const { child } of running)
      if (child.ended !== undefined) await within(child.ended, KILLED_WITHIN_MS);
  }

  #open(): Promise<void> {
    // A disk that was full may have room again: a failure is not kept.
    this.#opened ??= this.#recover().catch((error: unknown) => {
      this.#opened = undefined;
      throw error;
    });
    return this.#opened;
  }

  /** What a former life of ours left: its streams are gone, so it is of no use to anybody, and is ended. */
  async #recover(): Promise<void> {
    for (const record of await this.#records.load()) {
      if (record.state === 'running') await this.#endOrphan(record);
      this.#processes.set(record.id, { record, child: new Child(record.stdio) });
    }
  }

  async #endOrphan(record: ProcessRecord): Promise<void> {
    const isSame =
      record.pid !== null && record.mark !== null && (await processMark(record.pid)) === record.mark;
    if (isSame && record.pid !== null) signalGroup(record.pid, 'SIGKILL');
    const error = 'The process that kept it ended, and it ended with it.';
    Object.assign(record, { state: 'exited', error, finishedAt: new Date().toISOString() });
    await this.#records.save(record);
  }

  #freeSlot(): number {
    const taken = new Set([...this.#processes.values()].map(({ record }) => record.slot));
    for (let slot = 0; slot < MAX_SLOTS; slot += 1) if (!taken.has(slot)) return slot;
    throw new Error(`More than ${MAX_SLOTS} processes.`);
  }

  #uidOf({ slot }: ProcessRecord): number {
    return (this.options.firstUid ?? DEFAULT_FIRST_UID) + slot;
  }

  #homeOf({ id }: ProcessRecord): string {
    return join(this.options.dataDir, 'homes', id);
  }

  #usableSandbox(): Promise<Sandbox> {
    const { dataDir, bundled, firstUid = DEFAULT_FIRST_UID } = this.options;
    this.#sandbox ??= probeSandbox(dataDir, bundled, firstUid);
    return this.#sandbox;
  }

  #tell({ id, identity }: ProcessRecord, action: string): void {
    for (const [listener, filter] of this.#listeners) {
      if (!matches(filter, identity)) continue;
      listener({ kind: 'container', containerId: id, instanceId: identity.instanceId, action });
    }
  }

  #lookUp(idOrName: string): Running | undefined {
    const byId = this.#processes.get(idOrName);
    return byId ?? [...this.#processes.values()].find(({ record }) => record.name === idOrName);
  }

  #find(id: string): Running {
    const running = this.#lookUp(id);
    if (running === undefined) throw new ContainerNotFoundError(id);
    return running;
  }
}
