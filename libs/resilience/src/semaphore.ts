import { BulkheadFullError } from './errors';

type Release = () => void;

interface Waiter {
  admit(release: Release): void;
}

export interface Place {
  /** Before all who wait without it; among themselves in order. Whoever uses it sees to it that the others get their turn. */
  readonly ahead?: boolean;
}

/** At most `limit` holders at a time; the others wait in order, and at most `maxWaiting` of them. */
export class Semaphore {
  #active = 0;
  // A Set keeps the order of arrival and lets an aborted waiter leave in constant time.
  readonly #waiting = new Set<Waiter>();
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
    return this.#ahead.size + this.#waiting.size;
  }

  /** Resolves with the function that gives the place back; calling that twice is harmless. */
  async acquire(signal?: AbortSignal, { ahead = false }: Place = {}): Promise<Release> {
    signal?.throwIfAborted();
    if (this.#active < this.limit) return this.admit();
    if (this.waiting >= this.maxWaiting) throw new BulkheadFullError(this.what);
    return this.wait(ahead ? this.#ahead : this.#waiting, signal);
  }

  async run<T>(work: () => Promise<T>, signal?: AbortSignal, place?: Place): Promise<T> {
    const release = await this.acquire(signal, place);
    try {
      return await work();
    } finally {
      release();
    }
  }

  private wait(queue: Set<Waiter>, signal: AbortSignal | undefined): Promise<Release> {
    return new Promise<Release>((resolve, reject) => {
      const onAbort = (): void => {
        queue.delete(waiter);
        reject(signal?.reason as Error);
      };
      const waiter: Waiter = {
        admit: (release) => {
          signal?.removeEventListener('abort', onAbort);
          resolve(release);
        },
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      queue.add(waiter);
    });
  }

  private admit(): Release {
    this.#active += 1;
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      this.#active -= 1;
      this.admitNext();
    };
  }

  private admitNext(): void {
    const queue = this.#ahead.size > 0 ? this.#ahead : this.#waiting;
    const [next] = queue;
    if (next === undefined) return;
    queue.delete(next);
    next.admit(this.admit());
  }
}
