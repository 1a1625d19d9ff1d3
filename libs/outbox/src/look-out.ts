import { CHANNELS, type Channel } from '@app/contracts';
import { type PubSub, type Unsubscribe } from '@app/queues';
import { requestContext, systemScope } from '@app/telemetry';

import { Bell } from './bell';

/** However much happens, it looks no more often. */
const PACE_MS = 1_000;
/** How late it is when every notice was lost. Only ever earlier: processes that started together look apart. */
const NET_MS = 15_000;
const JITTER = 0.2;

export interface LookOutOptions {
  /** In whose name it looks. */
  readonly name: string;
  /** Does what is due; answers in how many milliseconds more will be, as far as that is known. Told whether it was rung. */
  readonly look: (isRung: boolean) => Promise<number | undefined>;
  readonly pubsub: Pick<PubSub, 'subscribe' | 'onReconnect'>;
  /** Told of a failure once, until a look has worked again. */
  readonly onFailure: (error: unknown) => void;
  /** What may make something due; by default that there were events. */
  readonly channel?: Channel;
  readonly netMs?: number;
}

/**
 * Does what time and events make due, without asking all the time: it sleeps until the moment that the last look knew of, is
 * woken by notices, and looks now and then in any case. Looks never run beside each other.
 */
export class LookOut {
  readonly #bell = new Bell();
  readonly #end = new Bell();
  #isStopping = false;
  #isFailing = false;
  #running: Promise<void> = Promise.resolve();
  #unsubscribe: Unsubscribe | undefined;

  constructor(private readonly options: LookOutOptions) {}

  /** Subscribed before the first look, so that nothing falls between the two. Never rejects. */
  async start(): Promise<void> {
    const { name, pubsub, channel = CHANNELS.activity, onFailure } = this.options;
    const ring = (): void => {
      this.ring();
    };
    pubsub.onReconnect(ring);
    try {
      this.#unsubscribe = await pubsub.subscribe(channel, ring);
    } catch (error) {
      onFailure(error);
    }
    this.#running = requestContext.run(systemScope(name), () => this.#run());
  }

  /** There may be something to do. */
  ring(): void {
    this.#bell.ring();
  }

  /** Ends after the look that is under way. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    this.#bell.ring();
    this.#end.ring();
    await this.#running;
    await this.#unsubscribe?.();
  }

  async #run(): Promise<void> {
    let isRung = false;
    while (!this.#isStopping) {
      const lookedAtMs = performance.now();
      const dueAtMs = lookedAtMs + (await this.#look(isRung));
      await this.#end.sleep(Math.max(0, Math.min(lookedAtMs + PACE_MS, dueAtMs) - performance.now()));
      isRung = await this.#bell.sleep(Math.max(0, dueAtMs - performance.now()));
    }
  }

  /** In how long the next look is to be. */
  async #look(isRung: boolean): Promise<number> {
    const { look, onFailure, netMs = NET_MS } = this.options;
    try {
      const dueMs = await look(isRung);
      this.#isFailing = false;
      // What is due already and was not done is somebody else's just now.
      if (dueMs !== undefined && dueMs <= 0) return PACE_MS;
      return Math.min(dueMs ?? Infinity, netMs * (1 - JITTER * Math.random()));
    } catch (error) {
      if (!this.#isFailing) onFailure(error);
      this.#isFailing = true;
      return PACE_MS;
    }
  }
}
