import { type ContainerFilter, type EngineEvent } from '../container-engine';
import { LABELS } from '../container-spec';
import { LineSplitter } from '../line-ring';
import { type DockerCalls } from './docker-calls';
import { type OomNotes } from './oom-notes';

const FIRST_RETRY_MS = 250;
const LAST_RETRY_MS = 10_000;
const ACTIONS = ['create', 'start', 'die', 'oom', 'destroy'];

interface DockerEvent {
  readonly Action?: string;
  readonly Actor?: { readonly ID?: string; readonly Attributes?: Readonly<Record<string, string>> };
}

interface ContainerEvent {
  readonly id: string;
  readonly action: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** Which container of the port an event is about, and when its end can be seen by whoever looks. */
export interface EventSubject {
  idOf(containerId: string, attributes: Readonly<Record<string, string>>): string | undefined;
  untilListed(id: string): Promise<unknown>;
}

/** Listens, and goes on listening after every break. */
export class DockerEvents {
  #stream: NodeJS.ReadableStream | undefined;
  #timer: NodeJS.Timeout | undefined;
  #retryMs = FIRST_RETRY_MS;
  #isStopped = false;

  constructor(
    private readonly calls: DockerCalls,
    private readonly filter: ContainerFilter,
    private readonly onEvent: (event: EngineEvent) => void,
    private readonly oomNotes: OomNotes,
    private readonly subject: EventSubject = plainSubject(calls),
  ) {}

  start(): void {
    void this.#connect();
  }

  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    destroy(this.#stream);
  }

  async #connect(): Promise<void> {
    try {
      const stream = await this.calls.call('watch events', (docker, abortSignal) =>
        docker.getEvents({
          filters: { type: ['container'], event: ACTIONS, label: labelsOf(this.filter) },
          abortSignal,
        }),
      );
      this.#listen(stream);
    } catch (error) {
      this.#retry(error instanceof Error ? error.message : 'The engine does not answer.');
    }
  }

  #listen(stream: NodeJS.ReadableStream): void {
    if (this.#isStopped) {
      destroy(stream);
      return;
    }
    this.#stream = stream;
    this.#retryMs = FIRST_RETRY_MS;
    const lines = new LineSplitter((line) => void this.#tell(line));
    stream.on('data', (chunk: Buffer) => {
      lines.push(chunk);
    });
    // 'close' follows both a proper end and an error; the error's words are those of the next try to connect.
    stream.on('error', () => undefined);
    stream.on('close', () => {
      this.#retry('The container engine does not answer: the connection to it broke.');
    });
    this.onEvent({ kind: 'connected' });
  }

  async #tell(line: string): Promise<void> {
    const event = parsed(line);
    if (event === undefined) return;
    const { id, action, attributes } = event;
    if (action === 'oom') this.oomNotes.add(id);
    const containerId = this.subject.idOf(id, attributes);
    if (containerId === undefined) return;
    if (action === 'die') await this.#untilListed(containerId);
    if (this.#isStopped) return;
    const instanceId = attributes[LABELS.instance] ?? null;
    this.onEvent({ kind: 'container', containerId, instanceId, action });
  }

  async #untilListed(id: string): Promise<void> {
    try {
      await this.subject.untilListed(id);
    } catch {
      // Gone already, or the engine is: either way there is nothing to wait for.
    }
  }

  #retry(reason: string): void {
    if (this.#isStopped) return;
    this.#stream = undefined;
    this.#timer = setTimeout(() => void this.#connect(), this.#retryMs);
    this.#retryMs = Math.min(this.#retryMs * 2, LAST_RETRY_MS);
    this.onEvent({ kind: 'disconnected', reason });
  }
}

/**
 * The engine tells of an end a moment before its list shows it, and whoever looks in between sees the container run. A
 * question about the container itself is answered only after that moment.
 */
const plainSubject = (calls: DockerCalls): EventSubject => ({
  idOf: (containerId) => containerId,
  untilListed: (id) =>
    calls.call('inspect the container', (docker, abortSignal) =>
      docker.getContainer(id).inspect({ abortSignal }),
    ),
});

const labelsOf = ({ installation, instanceId }: ContainerFilter): string[] => [
  `${LABELS.installation}=${installation}`,
  ...(instanceId === undefined ? [] : [`${LABELS.instance}=${instanceId}`]),
];

function parsed(line: string): ContainerEvent | undefined {
  try {
    const { Action: action, Actor: actor } = JSON.parse(line) as DockerEvent;
    if (action === undefined || actor?.ID === undefined) return undefined;
    return { id: actor.ID, action, attributes: actor.Attributes ?? {} };
  } catch {
    // An event is only a nudge, and the sweep sees what it would have told.
    return undefined;
  }
}

const destroy = (stream: NodeJS.ReadableStream | undefined): void => {
  (stream as (NodeJS.ReadableStream & { destroy?: () => void }) | undefined)?.destroy?.();
};
