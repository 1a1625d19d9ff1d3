import {
  type Attachment,
  ContainerEngine,
  type ContainerDetails,
  type ContainerFilter,
  type ContainerSpec,
  type ContainerStats,
  type ContainerStatus,
  type CreatedContainer,
  type EngineEvent,
  type EngineInfo,
  type EngineKind,
  EngineUnavailableError,
  type ImageInfo,
  type LogOptions,
  type NetworkStatus,
  type PullProgress,
  SwarmManagerMissingError,
} from '@app/container-engine';

/** The lease is with another process, so this one may not touch the engine. */
export class LeaseLostError extends Error {
  override readonly name = 'LeaseLostError';
  constructor() {
    super('The lease of the engine is not held.');
  }
}

/** What came of asking an engine; without a failure it did what it was asked. */
export interface Asked {
  readonly startedAtMs: number;
  readonly failure: unknown;
}

export type OnAsked = (engine: string, operation: string, asked: Asked) => void;

/**
 * The engine cannot check epochs, so the lease is looked at before each call. What slips through between the look and
 * the call carries deterministic names and labels, and the successor's sweep reaps it.
 */
export class FencedEngine extends ContainerEngine {
  readonly kind: EngineKind;

  constructor(
    private readonly engine: ContainerEngine,
    private readonly isHeld: () => boolean,
    private readonly onAway: (error: Error) => void,
    private readonly onAsked: OnAsked = () => undefined,
  ) {
    super();
    this.kind = engine.kind;
  }

  override ping(): Promise<void> {
    return this.engine.ping();
  }
  override info(): Promise<EngineInfo> {
    return this.engine.info();
  }
  override events(filter: ContainerFilter, onEvent: (event: EngineEvent) => void): () => void {
    return this.engine.events(filter, onEvent);
  }
  override close(): Promise<void> {
    return this.engine.close();
  }

  override pull(image: string, onProgress?: (progress: PullProgress) => void): Promise<void> {
    return this.#fenced('pull', () => this.engine.pull(image, onProgress));
  }
  override imageInfo(image: string): Promise<ImageInfo | undefined> {
    return this.#fenced('imageInfo', () => this.engine.imageInfo(image));
  }
  override canPull(image: string): Promise<boolean> {
    return this.#fenced('canPull', () => this.engine.canPull(image));
  }
  override create(spec: ContainerSpec): Promise<CreatedContainer> {
    return this.#fenced('create', () => this.engine.create(spec));
  }
  override start(id: string, secrets?: ReadonlyMap<string, string>): Promise<void> {
    return this.#fenced('start', () => this.engine.start(id, secrets));
  }
  override stop(id: string, timeoutS: number): Promise<void> {
    return this.#fenced('stop', () => this.engine.stop(id, timeoutS));
  }
  override remove(id: string): Promise<void> {
    return this.#fenced('remove', () => this.engine.remove(id));
  }
  override list(filter: ContainerFilter): Promise<ContainerStatus[]> {
    return this.#fenced('list', () => this.engine.list(filter));
  }
  override inspect(idOrName: string): Promise<ContainerDetails | undefined> {
    return this.#fenced('inspect', () => this.engine.inspect(idOrName));
  }
  override logs(id: string, options: LogOptions): Promise<string[]> {
    return this.#fenced('logs', () => this.engine.logs(id, options));
  }
  override follow(id: string, onLine: (line: string) => void): Promise<() => void> {
    return this.#fenced('follow', () => this.engine.follow(id, onLine));
  }
  override stats(id: string): Promise<ContainerStats> {
    return this.#fenced('stats', () => this.engine.stats(id));
  }
  override attach(id: string): Promise<Attachment> {
    return this.#fenced('attach', () => this.engine.attach(id));
  }
  override ensureNetwork(installation: string, instanceId: string): Promise<NetworkStatus> {
    return this.#fenced('ensureNetwork', () => this.engine.ensureNetwork(installation, instanceId));
  }
  override removeNetwork(id: string): Promise<void> {
    return this.#fenced('removeNetwork', () => this.engine.removeNetwork(id));
  }
  override listNetworks(filter: ContainerFilter): Promise<NetworkStatus[]> {
    return this.#fenced('listNetworks', () => this.engine.listNetworks(filter));
  }
  override sweep(installation: string): Promise<void> {
    return this.#fenced('sweep', () => this.engine.sweep(installation));
  }

  async #fenced<T>(operation: string, call: () => Promise<T>): Promise<T> {
    if (!this.isHeld()) throw new LeaseLostError();
    const startedAtMs = performance.now();
    let failure: unknown;
    try {
      return await call();
    } catch (error) {
      failure = error;
      if (error instanceof EngineUnavailableError || error instanceof SwarmManagerMissingError)
        this.onAway(error);
      throw error;
    } finally {
      this.onAsked(this.kind, operation, { startedAtMs, failure });
    }
  }
}
