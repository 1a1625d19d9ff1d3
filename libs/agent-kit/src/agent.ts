import { ApiClient } from './api-client';
import { Membership } from './membership';
import { type AgentOptions } from './options';
import { isOver, pause, waitMs } from './patience';
import { PushReceiver } from './push-receiver';
import { type GivenTask } from './task-context';
import { wordsOf } from './task-run';
import { Workbench } from './workbench';

const DEFAULT_CONCURRENCY = 4;
const DEFAULT_GRACE_S = 20;
/** For telling how what was stopped has ended. */
const LAST_WORDS_MS = 5_000;
const LEASE_WAIT_S = 20;
/** The answer to a question that waits may come a little after its time. */
const LEASE_TIMEOUT_MS = (LEASE_WAIT_S + 15) * 1_000;
const DRAINED_PAUSE_MS = 1_000;

/** An agent that works until it is stopped: registers, lives, takes tasks, does them, and tells how they ended. */
export class Agent {
  private readonly api: ApiClient;
  private readonly bench: Workbench;
  private readonly membership: Membership;
  private readonly receiver: PushReceiver | undefined;
  private readonly taking = new AbortController();
  private loop: Promise<void> | undefined;
  private stopping: Promise<void> | undefined;
  private readonly log: (line: string) => void;

  constructor(private readonly options: AgentOptions) {
    this.log = options.log ?? (() => undefined);
    const concurrency = options.concurrency ?? DEFAULT_CONCURRENCY;
    this.api = new ApiClient(options.url.replace(/\/+$/, ''), options.key);
    this.bench = new Workbench(this.api, { tasks: options.tasks, concurrency, log: this.log });
    this.membership = new Membership(this.api, { ...options, concurrency }, this.bench, this.log);
    this.receiver = options.push === undefined ? undefined : this.receiverFor(options.push);
  }

  /** The id that it was registered with. */
  get id(): string {
    return this.membership.id;
  }

  /** Resolves when it is registered and takes tasks. */
  async start(): Promise<void> {
    await this.receiver?.listen();
    await this.membership.join();
    if (this.receiver !== undefined && this.membership.signingSecret === '')
      throw new Error(
        'The signing secret is told only when the agent is new: give it as push.signingSecret.',
      );
    this.membership.start();
    if (this.receiver === undefined) this.loop = this.takeForEver();
  }

  /** Takes nothing more, lets what runs end, hands back the rest. A second call waits for the first. */
  stop(): Promise<void> {
    this.stopping ??= this.stopInOrder();
    return this.stopping;
  }

  private async stopInOrder(): Promise<void> {
    this.membership.drain();
    this.taking.abort();
    await this.loop;
    await this.bench.end((this.options.graceS ?? DEFAULT_GRACE_S) * 1_000, LAST_WORDS_MS);
    await this.membership.leave();
    await this.receiver?.close();
  }

  private async takeForEver(): Promise<void> {
    const { signal } = this.taking;
    let failures = 0;
    while (!isOver(signal)) {
      await this.bench.room(signal);
      if (this.membership.isTakenOut) await pause(DRAINED_PAUSE_MS, signal);
      if (isOver(signal) || this.membership.isTakenOut) continue;
      try {
        await this.take(signal);
        failures = 0;
      } catch (error) {
        if (isOver(signal)) return;
        if (failures === 0) this.log(`No tasks can be asked for: ${wordsOf(error)}`);
        await pause(waitMs(failures, Math.random()), signal);
        failures += 1;
      }
    }
  }

  /** Ended while it waits, the control plane gives nothing to a question that nobody hears the answer of. */
  private async take(signal: AbortSignal): Promise<void> {
    const { body } = await this.api.post<{ tasks: readonly GivenTask[] }>(
      `/api/v1/agents/${this.id}/lease`,
      { max: this.bench.free, wait_s: LEASE_WAIT_S },
      { signal, timeoutMs: LEASE_TIMEOUT_MS },
    );
    for (const task of body.tasks) this.bench.begin(task);
  }

  private receiverFor(push: NonNullable<AgentOptions['push']>): PushReceiver {
    return new PushReceiver(push, {
      take: (task) => {
        if (this.bench.free === 0 || this.taking.signal.aborted) return false;
        this.bench.begin(task);
        return true;
      },
      cancel: (taskId) => {
        this.bench.stop([taskId], 'cancelled');
      },
      secret: () => this.membership.signingSecret,
    });
  }
}
