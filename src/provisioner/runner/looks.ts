import { Semaphore } from '@app/resilience';

/** Looks under way at once; the others wait in order. Slow steps have tighter limits of their own. */
const LOOKS_AT_ONCE = 256;
const MAX_WAITING = 100_000;

interface Asked {
  readonly isAsked: boolean;
  readonly generation: number;
  /** The traceparent of the message that asks. */
  readonly asker: string | undefined;
}

interface Running extends Asked {
  again: boolean;
  /** Who asked since it began. */
  nextAsker: string | undefined;
  readonly interrupt: AbortController;
}

/** What a look may know of why it takes place. */
export interface Turn {
  readonly interrupted: AbortSignal;
  /** Somebody said that something changed. Otherwise it is but the next try of its own. */
  readonly isAsked: boolean;
  /** The traceparent of the message that asked, if it was one. */
  readonly asker: string | undefined;
  /** Somebody has said so since it began. */
  readonly isAskedAgain: () => boolean;
}

/** Ends a slow step (a pull, a probe), because something newer is wanted. */
export class SupersededError extends Error {
  override readonly name = 'SupersededError';
}

/**
 * One look per instance at a time. A look that is asked for while one runs becomes one more look afterwards, however
 * often it is asked for: what counts is the state then, not the number of messages.
 */
export class Looks {
  readonly #running = new Map<string, Running>();
  readonly #timers = new Map<string, NodeJS.Timeout>();
  readonly #slots = new Semaphore(LOOKS_AT_ONCE, MAX_WAITING, 'The reconciler');
  #stopped = false;

  constructor(private readonly lookAt: (instanceId: string, turn: Turn) => Promise<void>) {}

  /** `generation`, where a message named one, ends slow steps that serve an older one. */
  look(instanceId: string, generation = 0, asker?: string): void {
    this.#begin(instanceId, { generation, isAsked: true, asker });
  }

  #begin(instanceId: string, asked: Asked): void {
    const { generation, asker } = asked;
    if (this.#stopped) return;
    this.#clearTimer(instanceId);
    const running = this.#running.get(instanceId);
    if (running === undefined) {
      void this.#run(instanceId, asked);
      return;
    }
    running.again = true;
    running.nextAsker = asker ?? running.nextAsker;
    if (generation > running.generation)
      running.interrupt.abort(new SupersededError('Something newer is wanted.'));
  }

  /** One timer per instance: the last one asked for counts, and any look clears it. */
  lookIn(instanceId: string, delayMs: number): void {
    if (this.#stopped) return;
    this.#clearTimer(instanceId);
    const timer = setTimeout(
      () => {
        this.#begin(instanceId, { generation: 0, isAsked: false, asker: undefined });
      },
      Math.max(0, delayMs),
    );
    this.#timers.set(instanceId, timer);
  }

  isIdle(): boolean {
    return this.#running.size === 0;
  }

  /** No timers any more; looks under way end their slow steps. */
  pause(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
    for (const running of this.#running.values()) {
      running.again = false;
      running.interrupt.abort(new SupersededError('The lease is not held any more.'));
    }
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.pause();
    await Promise.all([...this.#ends]);
  }

  readonly #ends = new Set<Promise<void>>();

  #run(instanceId: string, asked: Asked): Promise<void> {
    const end = this.#once(instanceId, asked).finally(() => {
      this.#ends.delete(end);
    });
    this.#ends.add(end);
    return end;
  }

  async #once(instanceId: string, asked: Asked): Promise<void> {
    const interrupt = new AbortController();
    const running: Running = { again: false, nextAsker: undefined, ...asked, interrupt };
    this.#running.set(instanceId, running);
    const turn: Turn = {
      interrupted: running.interrupt.signal,
      isAsked: running.isAsked,
      asker: running.asker,
      isAskedAgain: () => running.again,
    };
    try {
      await this.#slots.run(() => this.lookAt(instanceId, turn));
    } finally {
      this.#running.delete(instanceId);
    }
    if (running.again) this.look(instanceId, 0, running.nextAsker);
  }

  #clearTimer(instanceId: string): void {
    const timer = this.#timers.get(instanceId);
    if (timer === undefined) return;
    clearTimeout(timer);
    this.#timers.delete(instanceId);
  }
}
