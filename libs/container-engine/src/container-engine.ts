import { type Readable, type Writable } from 'node:stream';
import { type ContainerIdentity, type ContainerSpec } from './container-spec';

export type EngineKind = 'docker' | 'swarm' | 'process' | 'memory';

export interface EngineInfo {
  readonly kind: EngineKind;
  readonly version: string;
  /** One sentence on how well this engine separates what it runs. */
  readonly isolation: string;
  readonly appArmor: boolean;
  readonly rootless: boolean;
}

export interface ImageInfo {
  readonly id: string;
  /** `name@sha256:…`; null for an image that never came from a registry. */
  readonly digest: string | null;
  readonly entrypoint: readonly string[];
  readonly cmd: readonly string[];
  readonly user: string;
  readonly exposedPorts: readonly number[];
  /** Paths that the image declares as volumes. */
  readonly volumes: readonly string[];
}

export interface PullProgress {
  /** In the engine's words, such as `Downloading`. */
  readonly status: string;
  readonly layer: string | null;
  readonly currentBytes: number;
  readonly totalBytes: number | null;
}

/** The ways a container can be given its secrets; a header never reaches the container and is none of these. */
export type ContainerSecretDelivery = 'file' | 'launcher' | 'stdin' | 'env';

export interface CreatedContainer {
  readonly id: string;
  /** True when a container of this identity was there already. */
  readonly adopted: boolean;
  readonly secretDelivery: ContainerSecretDelivery | null;
  /** Why no stronger way was taken; null when there are no secrets. */
  readonly secretDeliveryReason: string | null;
}

export type ContainerState = 'created' | 'running' | 'exited' | 'removing';

export interface ContainerStatus {
  readonly id: string;
  readonly name: string;
  readonly image: string;
  readonly labels: Readonly<Record<string, string>>;
  /** null when the labels are incomplete: made by somebody else. */
  readonly identity: ContainerIdentity | null;
  readonly state: ContainerState;
}

export interface ContainerDetails extends ContainerStatus {
  readonly imageId: string | null;
  readonly exitCode: number | null;
  /** Such as `SIGKILL`, where the engine knows it. */
  readonly signal: string | null;
  readonly oomKilled: boolean;
  /** In the engine's words, why the container could not start. */
  readonly error: string | null;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
  readonly addresses: readonly string[];
  readonly secretDelivery: ContainerSecretDelivery | null;
}

export interface ContainerStats {
  /** 100 is one core. */
  readonly cpuPercent: number;
  readonly memoryBytes: number;
  readonly memoryLimitBytes: number | null;
  readonly pids: number;
}

export interface Attachment {
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** Lets go of the streams; the container goes on. */
  close(): void;
}

export interface ContainerFilter {
  readonly installation: string;
  readonly instanceId?: string;
}

/** A nudge, never the truth: an orderly restart of the engine loses events. `connected` asks for a full list. */
export type EngineEvent =
  | { readonly kind: 'connected' }
  | { readonly kind: 'disconnected'; readonly reason: string }
  | {
      readonly kind: 'container';
      readonly containerId: string;
      readonly instanceId: string | null;
      readonly action: string;
    };

export interface NetworkStatus {
  readonly id: string;
  readonly name: string;
  readonly instanceId: string | null;
  readonly subnet: string | null;
}

export interface LogOptions {
  /** The last so many lines, at most 10,000. */
  readonly tail: number;
}

/** Runs containers. Every call ends within a deadline of its own and is safe to repeat. */
export abstract class ContainerEngine {
  abstract readonly kind: EngineKind;

  abstract ping(): Promise<void>;
  abstract info(): Promise<EngineInfo>;
  abstract pull(image: string, onProgress?: (progress: PullProgress) => void): Promise<void>;
  /** undefined when the engine does not have the image. */
  abstract imageInfo(image: string): Promise<ImageInfo | undefined>;
  /** Whether the image's registry offers it to this engine; nothing is downloaded. */
  abstract canPull(image: string): Promise<boolean>;
  /** A container of the same name and identity is adopted; one of another identity is a ContainerNameTakenError. */
  abstract create(spec: ContainerSpec): Promise<CreatedContainer>;
  /** `secrets` as given to create: some ways of delivery happen only now. Starting what runs is no error. */
  abstract start(id: string, secrets?: ReadonlyMap<string, string>): Promise<void>;
  /** Asks, waits, then kills. Stopping what is stopped or gone is no error. */
  abstract stop(id: string, timeoutS: number): Promise<void>;
  /** Kills what still runs. Removing what is gone is no error. */
  abstract remove(id: string): Promise<void>;
  abstract list(filter: ContainerFilter): Promise<ContainerStatus[]>;
  /** undefined when there is no such container. */
  abstract inspect(idOrName: string): Promise<ContainerDetails | undefined>;
  abstract logs(id: string, options: LogOptions): Promise<string[]>;
  /** Calls back for each line from now on; the returned function ends it. */
  abstract follow(id: string, onLine: (line: string) => void): Promise<() => void>;
  abstract stats(id: string): Promise<ContainerStats>;
  /** May come before start, so that no output is lost. */
  abstract attach(id: string): Promise<Attachment>;
  /** Reconnects by itself; the returned function ends it. */
  abstract events(filter: ContainerFilter, onEvent: (event: EngineEvent) => void): () => void;
  /** The one network of an instance: found by label, doubles removed, made when missing. */
  abstract ensureNetwork(installation: string, instanceId: string): Promise<NetworkStatus>;
  /** Removing what is gone is no error. */
  abstract removeNetwork(id: string): Promise<void>;
  abstract listNetworks(filter: ContainerFilter): Promise<NetworkStatus[]>;
  /** Removes what belongs to no container any more, such as the files of secrets. Called at start and by the sweep. */
  abstract sweep(installation: string): Promise<void>;
  /** Lets go of connections and, for children of this process, ends them. */
  abstract close(): Promise<void>;
}
