import { BulkheadFullError } from './errors';

type Release = () => void;

interface Waiter {
  admit(release: Release): void;
}

/** At most `limit` holders at a time; the others wait in order, and at most `maxWaiting` of them; some may go ahead. */
export class Semaphore {
  #active = 0;
  // A Set keeps the order of arrival and lets an aborted waiter leave in constant time.
  readonly #waiting = new Set<Waiter>();
  /** In order among themselves, before all others. */
  readonly #ahead = new Set<Waiter>();

  constructor(
    private readonly limit: number,
    private readonly maxWaiting = 1_000,
    private readonly what = 'This resource',
  ) {
    if (!Number.isInteger(limit) || limit < 1)
      throw new RangeError('A semaphore needs a limit of at least 1.');
  }

  get active(): number {
    return this.#active;
  }

  get waiting(): number {
    return this.#waiting.size + this.#ahead.size;
  }

  /** Resolves with the function that gives the place back; calling that twice is harmless. */
  async acquire(signal?: AbortSignal, turn: 'in order' | 'ahead' = 'in order'): Promise<Release> {
    signal?.throwIfAborted();
    if (this.#active < this.limit) return this.admit();
    if (this.waiting >= this.maxWaiting) throw new BulkheadFullError(this.what);
    return this.wait(turn === 'ahead' ? this.#ahead : this.#waiting, signal);
  }

  async run<T>(
    work: () => Promise<T>,
    signal?: AbortSignal,
    turn: 'in order' | 'ahead' = 'in order',
  ): Promise<T> {
    const release = await this.acquire(signal, turn);
    try {
      return await work();
    } finally {
      release();
    }
  }

  /** A place at once, or none: for callers that hold it without a promise. Given back by one `leave`. */
  tryEnter(): boolean {
    if (this.#active >= this.limit) return false;
    this.#active += 1;
    return true;
  }

  leave(): void {
    this.#active -= 1;
    this.admitNext();
  }

  private wait(line: Set<Waiter>, signal: AbortSignal | undefined): Promise<Release> {
    return new Promise<Release>((resolve, reject) => {
      const onAbort = (): void => {
        line.delete(waiter);
        reject(signal?.reason as Error);
      };
      const waiter: Waiter = {
        admit: (release) => {
          signal?.removeEventListener('abort', onAbort);
          resolve(release);
        },
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      line.add(waiter);
    });
  }

  private admit(): Release {
    this.#active += 1;
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      this.leave();
    };
  }

  private admitNext(): void {
    const line = this.#ahead.size > 0 ? this.#ahead : this.#waiting;
    const [next] = line;
    if (next === undefined) return;
    line.delete(next);
    next.admit(this.admit());
  }
}
