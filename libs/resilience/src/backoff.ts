export interface BackoffOptions {
  readonly initialMs?: number;
  readonly factor?: number;
  readonly maxMs?: number;
  /** 0 <= random() < 1; a fixed one makes tests exact. */
  readonly random?: () => number;
}

/** Full jitter: each delay lies anywhere below a ceiling that doubles, so that many callers never come back together. */
export class Backoff {
  #attempt = 0;
  private readonly initialMs: number;
  private readonly factor: number;
  private readonly maxMs: number;
  private readonly random: () => number;

  constructor({ initialMs = 1_000, factor = 2, maxMs = 300_000, random = Math.random }: BackoffOptions = {}) {
    this.initialMs = initialMs;
    this.factor = factor;
    this.maxMs = maxMs;
    this.random = random;
  }

  /** Delays given since the last success. */
  get attempt(): number {
    return this.#attempt;
  }

  nextMs(): number {
    const delayMs = this.delayMs(this.#attempt);
    this.#attempt += 1;
    return delayMs;
  }

  /** For a caller that stores the number of tries itself; `attempt` counts from 0. */
  delayMs(attempt: number): number {
    return Math.round(this.ceilingMs(attempt) * this.random());
  }

  ceilingMs(attempt: number): number {
    // The exponent is capped, because a number that grew to infinity would make the product NaN.
    return Math.min(this.maxMs, this.initialMs * this.factor ** Math.min(attempt, 64));
  }

  reset(): void {
    this.#attempt = 0;
  }
}
