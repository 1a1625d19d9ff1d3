import { PassThrough, type Readable, type Writable } from 'node:stream';
import {
  type ContainerDetails,
  type ContainerState,
  type ContainerStatus,
  type ImageInfo,
} from '../container-engine';
import { type ContainerSpec, labelsOf } from '../container-spec';
import { LineRing, LineSplitter } from '../line-ring';

/** What the program in a container sees. */
export interface MemoryProcess {
  readonly spec: ContainerSpec;
  /** Environment with secrets. */
  readonly environment: Readonly<Record<string, string>>;
  readonly stdin: Readable;
  readonly stdout: Writable;
  readonly stderr: Writable;
  exit(exitCode: number): void;
}
export type MemoryProgram = (process: MemoryProcess) => void;

export const hasSecrets = ({ secrets }: ContainerSpec): boolean => (secrets?.values.size ?? 0) > 0;

interface Ending {
  readonly exitCode: number;
  readonly signal: string | null;
  readonly oomKilled: boolean;
}

const OUTPUT_LINES_KEPT = 10_000;

export class MemoryContainer {
  state: ContainerState = 'created';
  readonly stdin = new PassThrough();
  readonly stdout = new PassThrough();
  readonly stderr = new PassThrough();
  readonly output = new LineRing(OUTPUT_LINES_KEPT);
  /** What the last start handed over. */
  secrets: ReadonlyMap<string, string> = new Map();
  #ending: Ending | null = null;
  #startedAt: Date | null = null;
  #finishedAt: Date | null = null;

  constructor(
    readonly id: string,
    readonly name: string,
    readonly spec: ContainerSpec,
    private readonly onAction: (action: string) => void,
  ) {
    for (const stream of spec.stdio ? [this.stderr] : [this.stdout, this.stderr]) {
      const lines = new LineSplitter((line) => {
        this.output.push(line);
      });
      stream.on('data', (chunk: Buffer) => {
        lines.push(chunk);
      });
      stream.on('end', () => {
        lines.end();
      });
    }
  }

  start(secrets: ReadonlyMap<string, string>, program: MemoryProgram | undefined): void {
    this.secrets = secrets;
    this.state = 'running';
    this.#startedAt = new Date();
    this.#ending = null;
    this.onAction('start');
    program?.({
      spec: this.spec,
      environment: { ...this.spec.environment, ...Object.fromEntries(secrets) },
      stdin: this.stdin,
      stdout: this.stdout,
      stderr: this.stderr,
      exit: (exitCode) => {
        this.exit({ exitCode, signal: null, oomKilled: false });
      },
    });
  }

  exit(ending: Ending): void {
    if (this.state !== 'running') return;
    this.state = 'exited';
    this.#ending = ending;
    this.#finishedAt = new Date();
    this.stdout.end();
    this.stderr.end();
    this.onAction('die');
  }

  status(): ContainerStatus {
    const { identity, workload } = this.spec;
    const image = workload.kind === 'image' ? workload.image : workload.name;
    return { id: this.id, name: this.name, image, labels: labelsOf(identity), identity, state: this.state };
  }

  details(addresses: readonly string[], image?: ImageInfo): ContainerDetails {
    return {
      ...this.status(),
      imageId: image?.id ?? null,
      exitCode: this.#ending?.exitCode ?? null,
      signal: this.#ending?.signal ?? null,
      oomKilled: this.#ending?.oomKilled ?? false,
      error: null,
      startedAt: this.#startedAt,
      finishedAt: this.#finishedAt,
      addresses,
      secretDelivery: hasSecrets(this.spec) ? 'launcher' : null,
    };
  }
}
