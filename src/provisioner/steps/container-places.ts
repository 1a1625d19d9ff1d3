import { Semaphore } from '@app/resilience';
import { type WorkPlace } from '../decide/work-place';
import { ContainerLimitReachedError } from './errors';

const MAX_WAITING = 10_000;
/** Shorter than a lease: whoever made containers while this process did not hold it is counted before the next is made. */
const RECOUNT_AFTER_MS = 10_000;

/**
 * Keeps the number of containers within its limit, exactly, and lets them be made side by side. The engine is asked how
 * many there are only when there may be too many: what was made since the last count is added, what went is not
 * subtracted, so there are never more than believed.
 */
export class ContainerPlaces {
  readonly #deciding = new Semaphore(1, MAX_WAITING, 'The making of containers');
  readonly #making = new Set<Promise<unknown>>();
  #atMost = 0;
  #countedAtMs = -Infinity;

  constructor(
    private readonly limit: number,
    private readonly place: WorkPlace,
    private readonly count: () => Promise<number>,
    private readonly monotonicMs: () => number,
  ) {}

  async fill<T>(make: () => Promise<T>, signal: AbortSignal): Promise<T> {
    await this.#deciding.run(() => this.#takePlace(), signal);
    const made = make();
    this.#making.add(made);
    try {
      return await made;
    } finally {
      this.#making.delete(made);
    }
  }

  async #takePlace(): Promise<void> {
    if (this.#atMost >= this.limit || this.monotonicMs() - this.#countedAtMs > RECOUNT_AFTER_MS)
      await this.#recount();
    if (this.#atMost >= this.limit) throw new ContainerLimitReachedError(this.limit, this.place);
    this.#atMost += 1;
  }

  /** Nobody else may begin meanwhile; those who have begun are waited for, or they might be missed. */
  async #recount(): Promise<void> {
    await Promise.allSettled(this.#making);
    this.#atMost = await this.count();
    this.#countedAtMs = this.monotonicMs();
  }
}
