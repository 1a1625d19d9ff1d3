import { type ApiAnswer, type ApiClient, ApiError, type CallOptions } from './api-client';
import { type AgentOptions } from './options';
import { insist, isOver, pause, waitMs } from './patience';
import { type Workbench } from './workbench';

interface RegisteredAnswer {
  readonly id: string;
  readonly token?: string;
  readonly signing_secret?: string;
}

interface BeatAnswer {
  readonly next_heartbeat_s: number;
  readonly cancel: readonly string[];
  readonly drain: boolean;
}

const MS_PER_S = 1_000;
const BEAT_TIMEOUT_MS = 15_000;
const LAST_BEAT_TIMEOUT_MS = 3_000;

/** Being registered, and staying so: registers, says that it lives, and hears what there is to stop. */
export class Membership {
  private agentId = '';
  private secret: string | undefined;
  private isDraining = false;
  private isDrainingHeard = false;
  private isTold = false;
  private readonly beating = new AbortController();
  private soon = new AbortController();
  private loop: Promise<void> | undefined;

  constructor(
    private readonly api: ApiClient,
    private readonly options: AgentOptions,
    private readonly bench: Workbench,
    private readonly log: (line: string) => void,
  ) {}

  get id(): string {
    return this.agentId;
  }

  /** Empty: nobody told it; nothing that is sent can be believed then. */
  get signingSecret(): string {
    return this.options.push?.signingSecret ?? this.secret ?? '';
  }

  /** Somebody said that nothing more should be asked for. */
  get isTakenOut(): boolean {
    return this.isDraining || this.isTold;
  }

  /** Until it is registered; fails only when it never will be. */
  async join(): Promise<void> {
    const { body } = await insist(() => this.register(), {
      signal: this.beating.signal,
      onTrouble: (error) => {
        this.log(`Not registered yet: ${error instanceof Error ? error.message : String(error)}`);
      },
    });
    this.agentId = body.id;
    if (body.token !== undefined) {
      this.api.token = body.token;
      this.options.onToken?.(body.token);
    }
    this.secret = body.signing_secret ?? this.secret;
  }

  start(): void {
    this.loop = this.beatForEver();
  }

  /** The control plane hears at once that nothing more is wanted. */
  drain(): void {
    this.isDraining = true;
    this.soon.abort();
  }

  async leave(): Promise<void> {
    this.beating.abort();
    await this.loop;
    if (this.agentId === '' || !this.isDraining || this.isDrainingHeard) return;
    // Who does not hear of it takes its silence for a loss; that is all that comes of it.
    await this.beat({ timeoutMs: LAST_BEAT_TIMEOUT_MS }).catch(() => undefined);
  }

  /** With the key, which outlives the token of an agent that was deregistered. */
  private register(): Promise<ApiAnswer<RegisteredAnswer>> {
    const { name, type = 'worker', description, capabilities = [], resources, push, key } = this.options;
    return this.api.post<RegisteredAnswer>(
      '/api/v1/agents/register',
      {
        ...{ name, type, capabilities, max_tasks: this.options.concurrency },
        ...(description === undefined ? {} : { description }),
        ...(resources === undefined ? {} : { resources }),
        ...(push === undefined ? {} : { endpoints: { task: push.url } }),
      },
      { token: key, signal: this.beating.signal },
    );
  }

  private async beatForEver(): Promise<void> {
    let failures = 0;
    while (!this.beating.signal.aborted) {
      const waitForMs = await this.beat({ signal: this.beating.signal, timeoutMs: BEAT_TIMEOUT_MS }).then(
        (nextS) => {
          failures = 0;
          return nextS * MS_PER_S;
        },
        async (error: unknown) => {
          // Cut off by the agent's own end: the last heartbeat is told by whoever ends it.
          if (isOver(this.beating.signal)) return 0;
          failures += 1;
          if (failures === 1)
            this.log(`A heartbeat was not heard: ${error instanceof Error ? error.message : String(error)}`);
          await this.comeBack(error);
          return waitMs(failures, Math.random());
        },
      );
      this.soon = new AbortController();
      await pause(waitForMs, AbortSignal.any([this.soon.signal, this.beating.signal]));
    }
  }

  private async beat(call: CallOptions): Promise<number> {
    const draining = this.isDraining;
    const { body } = await this.api.post<BeatAnswer>(
      `/api/v1/agents/${this.agentId}/heartbeat`,
      { current_load: this.bench.load, task_ids: this.bench.taskIds, draining },
      call,
    );
    this.bench.stop(body.cancel, 'cancelled');
    this.isTold = body.drain;
    this.isDrainingHeard = draining;
    return body.next_heartbeat_s;
  }

  /** Deregistered by somebody, or its token ended: it registers again, as whoever started it wanted. */
  private async comeBack(error: unknown): Promise<void> {
    if (!(error instanceof ApiError) || (error.status !== 404 && error.status !== 401)) return;
    if (this.isDraining) return;
    try {
      await this.join();
    } catch (refused) {
      if (!this.beating.signal.aborted)
        this.log(`It cannot register again: ${refused instanceof Error ? refused.message : String(refused)}`);
    }
  }
}
