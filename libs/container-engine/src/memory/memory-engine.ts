import { randomUUID } from 'node:crypto';
import { PassThrough } from 'node:stream';
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
  type PullProgress,
} from '../container-engine';
import { containerName, type ContainerSpec, networkName, sameIdentity } from '../container-spec';
import {
  ContainerNameTakenError,
  ContainerNotFoundError,
  ContainerNotRunningError,
  ImageNotFoundError,
} from '../errors';
import { normalImageReference } from '../image-reference';
import { Faults, type EngineOperation } from './faults';
import { hasSecrets, MemoryContainer, type MemoryProgram } from './memory-container';

export interface MemoryEngineOptions {
  /** What a container does once started; by default it runs until it is stopped. */
  readonly program?: MemoryProgram;
  /** Where a container of this specification is reached; by default 127.0.0.1. */
  readonly addressesOf?: (spec: ContainerSpec) => readonly string[];
}

const NO_IMAGE_DETAILS: ImageInfo = {
  id: 'sha256:memory',
  digest: null,
  entrypoint: [],
  cmd: [],
  user: '',
  exposedPorts: [],
  volumes: [],
};

/** An engine without a machine, for tests: obeys the same contract, and fails when it is told to. */
export class MemoryEngine extends ContainerEngine {
  readonly kind = 'memory';
  /** What a registry would have; `pull` moves it to the engine. */
  readonly registry = new Set<string>();
  readonly images = new Map<string, ImageInfo>();
  readonly faults = new Faults();
  readonly containers = new Map<string, MemoryContainer>();
  readonly #networks = new Map<string, NetworkStatus & { readonly installation: string }>();
  readonly #listeners = new Map<(event: EngineEvent) => void, ContainerFilter>();

  constructor(private readonly options: MemoryEngineOptions = {}) {
    super();
  }

  /** Makes an image present, as after a pull. */
  addImage(image: string, details: Partial<ImageInfo> = {}): void {
    this.images.set(normalImageReference(image), { ...NO_IMAGE_DETAILS, ...details });
  }

  /** Ends a container as a crash would. */
  exit(id: string, how: { exitCode?: number; signal?: string; oomKilled?: boolean } = {}): void {
    this.#find(id).exit({ exitCode: 1, signal: null, oomKilled: false, ...how });
  }

  /** Lets a container write a line to its error output. */
  print(id: string, line: string): void {
    this.#find(id).stderr.write(`${line}\n`);
  }

  override ping(): Promise<void> {
    return this.#call('ping', () => undefined);
  }

  override info(): Promise<EngineInfo> {
    return this.#call('info', () => ({
      kind: 'memory',
      version: '1',
      isolation: 'Nothing runs at all.',
      appArmor: false,
      rootless: true,
    }));
  }

  override pull(image: string, onProgress?: (progress: PullProgress) => void): Promise<void> {
    return this.#call('pull', () => {
      const reference = normalImageReference(image);
      if (!this.registry.has(reference) && !this.registry.has(image)) {
        throw new ImageNotFoundError(reference, 'manifest unknown');
      }
      onProgress?.({ status: 'Downloading', layer: 'layer', currentBytes: 1, totalBytes: 2 });
      onProgress?.({ status: 'Pull complete', layer: 'layer', currentBytes: 2, totalBytes: 2 });
      this.addImage(reference);
    });
  }

  override imageInfo(image: string): Promise<ImageInfo | undefined> {
    return this.#call('imageInfo', () => this.images.get(normalImageReference(image)));
  }

  override canPull(image: string): Promise<boolean> {
    return this.#call(
      'canPull',
      () => this.registry.has(image) || this.registry.has(normalImageReference(image)),
    );
  }

  override create(spec: ContainerSpec): Promise<CreatedContainer> {
    return this.#call('create', () => {
      const name = containerName(spec.identity);
      const secretDelivery = hasSecrets(spec) ? 'launcher' : null;
      const secretDeliveryReason = secretDelivery === null ? null : 'They are handed over in memory.';
      const there = this.#lookUp(name);
      if (there !== undefined && !sameIdentity(spec.identity, there.spec.identity)) {
        throw new ContainerNameTakenError(name);
      }
      if (there !== undefined) return { id: there.id, adopted: true, secretDelivery, secretDeliveryReason };

      this.#requireImage(spec);
      const container = new MemoryContainer(randomUUID().replaceAll('-', ''), name, spec, (action) => {
        this.#tell(container, action);
      });
      this.containers.set(container.id, container);
      this.#tell(container, 'create');
      return { id: container.id, adopted: false, secretDelivery, secretDeliveryReason };
    });
  }

  override start(id: string, secrets: ReadonlyMap<string, string> = new Map()): Promise<void> {
    return this.#call('start', () => {
      const container = this.#find(id);
      if (container.state === 'running') return;
      container.start(secrets, this.options.program);
    });
  }

  override stop(id: string, _timeoutS: number): Promise<void> {
    return this.#call('stop', () => {
      const container = this.#lookUp(id);
      if (container?.state === 'running')
        container.exit({ exitCode: 143, signal: 'SIGTERM', oomKilled: false });
    });
  }

  override remove(id: string): Promise<void> {
    return this.#call('remove', () => {
      const container = this.#lookUp(id);
      if (container === undefined) return;
      if (container.state === 'running')
        container.exit({ exitCode: 137, signal: 'SIGKILL', oomKilled: false });
      this.containers.delete(container.id);
      this.#tell(container, 'destroy');
    });
  }

  override list(filter: ContainerFilter): Promise<ContainerStatus[]> {
    return this.#call('list', () =>
      [...this.containers.values()]
        .filter(({ spec }) => matches(filter, spec.identity))
        .map((container) => container.status()),
    );
  }

  override inspect(idOrName: string): Promise<ContainerDetails | undefined> {
    return this.#call('inspect', () => {
      const container = this.#lookUp(idOrName);
      const addresses = this.options.addressesOf ?? (() => ['127.0.0.1']);
      return container?.details(container.state === 'running' ? addresses(container.spec) : []);
    });
  }

  override logs(id: string, { tail }: LogOptions): Promise<string[]> {
    return this.#call('logs', () => this.#find(id).output.tail(tail));
  }

  override follow(id: string, onLine: (line: string) => void): Promise<() => void> {
    return this.#call('follow', () => this.#find(id).output.listen(onLine));
  }

  override stats(id: string): Promise<ContainerStats> {
    return this.#call('stats', () => {
      const container = this.#find(id);
      if (container.state !== 'running') throw new ContainerNotRunningError(container.name, 'measure it');
      const memoryLimitBytes = container.spec.limits.memoryBytes;
      return { cpuPercent: 0.1, memoryBytes: 1024 * 1024, memoryLimitBytes, pids: 1 };
    });
  }

  override attach(id: string): Promise<Attachment> {
    return this.#call('attach', () => {
      const container = this.#find(id);
      const stdout = container.stdout.pipe(new PassThrough());
      const stderr = container.stderr.pipe(new PassThrough());
      const close = (): void => {
        container.stdout.unpipe(stdout);
        container.stderr.unpipe(stderr);
        stdout.end();
        stderr.end();
      };
      return { stdin: container.stdin, stdout, stderr, close };
    });
  }

  override events(filter: ContainerFilter, onEvent: (event: EngineEvent) => void): () => void {
    // A listener of its own per call, so that one function may listen twice.
    const listener = (event: EngineEvent): void => {
      onEvent(event);
    };
    this.#listeners.set(listener, filter);
    queueMicrotask(() => {
      if (this.#listeners.has(listener)) listener({ kind: 'connected' });
    });
    return () => {
      this.#listeners.delete(listener);
    };
  }

  override ensureNetwork(installation: string, instanceId: string): Promise<NetworkStatus> {
    return this.#call('ensureNetwork', () => {
      const there = [...this.#networks.values()].find(
        (network) => network.instanceId === instanceId && network.installation === installation,
      );
      if (there !== undefined) return there;
      const name = networkName(instanceId);
      const made = { id: randomUUID(), name, instanceId, installation, subnet: '192.0.2.0/28' };
      this.#networks.set(made.id, made);
      return made;
    });
  }

  override removeNetwork(id: string): Promise<void> {
    return this.#call('removeNetwork', () => {
      this.#networks.delete(id);
    });
  }

  override listNetworks({ installation, instanceId }: ContainerFilter): Promise<NetworkStatus[]> {
    return this.#call('listNetworks', () =>
      [...this.#networks.values()].filter(
        (network) =>
          network.installation === installation &&
          (instanceId === undefined || network.instanceId === instanceId),
      ),
    );
  }

  override sweep(_installation: string): Promise<void> {
    return this.#call('sweep', () => undefined);
  }

  override close(): Promise<void> {
    this.#listeners.clear();
    return Promise.resolve();
  }

  #call<T>(operation: EngineOperation, act: () => T): Promise<T> {
    return this.faults.around(operation, act);
  }

  #tell(container: MemoryContainer, action: string): void {
    const { identity } = container.spec;
    for (const [listener, filter] of this.#listeners) {
      if (!matches(filter, identity)) continue;
      listener({ kind: 'container', containerId: container.id, instanceId: identity.instanceId, action });
    }
  }

  #requireImage({ workload }: ContainerSpec): void {
    if (workload.kind === 'bundled') return;
    if (!this.images.has(normalImageReference(workload.image))) {
      throw new ImageNotFoundError(workload.image, 'no such image');
    }
  }

  #lookUp(idOrName: string): MemoryContainer | undefined {
    return this.containers.get(idOrName) ?? [...this.containers.values()].find((c) => c.name === idOrName);
  }

  #find(id: string): MemoryContainer {
    const container = this.#lookUp(id);
    if (container === undefined) throw new ContainerNotFoundError(id);
    return container;
  }
}

const matches = (filter: ContainerFilter, identity: ContainerSpec['identity']): boolean =>
  identity.installation === filter.installation &&
  (filter.instanceId === undefined || identity.instanceId === filter.instanceId);
