import { type Clock } from '@app/kernel';

const WINDOW_MS = 1_000;

/** At most so many per second; what is above is counted, not kept. */
export class RateCap {
  #windowStartMs = Number.NEGATIVE_INFINITY;
  #used = 0;
  #suppressed = 0;

  constructor(
    private readonly perSecond: number,
    private readonly clock: Clock,
  ) {}

  admits(): boolean {
    const nowMs = this.clock.monotonicMs();
    if (nowMs - this.#windowStartMs >= WINDOW_MS) {
      this.#windowStartMs = nowMs;
      this.#used = 0;
    }
    if (this.#used >= this.perSecond) {
      this.#suppressed += 1;
      return false;
    }
    this.#used += 1;
    return true;
  }

  /** How many were refused since the last question. */
  takeSuppressed(): number {
    const suppressed = this.#suppressed;
    this.#suppressed = 0;
    return suppressed;
  }
}
