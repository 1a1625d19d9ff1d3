import {
  circuitBreaker,
  type CircuitBreakerPolicy,
  CircuitState,
  ConsecutiveBreaker,
  handleWhen,
  type IBackoff,
  isBrokenCircuitError,
} from 'cockatiel';
import { CircuitOpenError } from './errors';

export type BreakerState = 'closed' | 'open' | 'half_open';

export interface CircuitBreakerOptions {
  /** The subject of the error's sentence. */
  readonly name: string;
  /** Failures in a row that open it. */
  readonly failures?: number;
  readonly openForMs?: number;
  /** Each failed probe doubles the time, up to this. */
  readonly maxOpenForMs?: number;
  /** Which errors count: outages do, a tool that says no does not. */
  readonly isFailure?: (error: Error) => boolean;
  /** Of those that do not count, which are an answer of the other side. A probe that learned nothing leaves it open. */
  readonly provesLife?: (error: Error) => boolean;
}

/** Stops calling what keeps failing, and lets one probe through when the time is up; other callers do not wait for it. */
export class CircuitBreaker {
  private readonly policy: CircuitBreakerPolicy;
  private readonly inARow: ConsecutiveBreaker;
  private readonly listeners = new Set<(state: BreakerState) => void>();
  private readonly name: string;
  private readonly openForMs: number;
  private readonly maxOpenForMs: number;
  private opensAgainAtMs = 0;
  private heldUntilMs = 0;

  constructor(options: CircuitBreakerOptions) {
    const {
      name,
      failures = 5,
      openForMs = 10_000,
      maxOpenForMs = 120_000,
      isFailure = () => true,
      provesLife = () => true,
    } = options;
    this.name = name;
    this.openForMs = openForMs;
    this.maxOpenForMs = maxOpenForMs;
    const isProbe = (): boolean => this.policy.state === CircuitState.HalfOpen;
    const counts = (error: Error): boolean => isFailure(error) || (isProbe() && !provesLife(error));
    this.inARow = new ConsecutiveBreaker(failures);
    this.policy = circuitBreaker(handleWhen(counts), {
      halfOpenAfter: { next: () => this.openTime(0) },
      breaker: this.inARow,
    });
    this.policy.onStateChange(() => {
      this.announce();
    });
  }

  state(): BreakerState {
    if (this.isHeld()) return 'open';
    switch (this.policy.state) {
      case CircuitState.Closed:
        return 'closed';
      case CircuitState.HalfOpen:
        return 'half_open';
      case CircuitState.Open:
      case CircuitState.Isolated:
        return 'open';
    }
  }

  /** Whole seconds until the next call makes sense, at least 1. */
  get retryAfterS(): number {
    const untilMs = Math.max(this.opensAgainAtMs, this.heldUntilMs);
    return Math.max(1, Math.ceil((untilMs - Date.now()) / 1_000));
  }

  async run<T>(work: () => Promise<T>): Promise<T> {
    if (!this.admits()) throw new CircuitOpenError(this.name, this.retryAfterS);
    try {
      return await this.policy.execute(work);
    } catch (error) {
      // Two clocks were read: at the edge of the time the policy may still say no.
      if (isBrokenCircuitError(error)) throw new CircuitOpenError(this.name, this.retryAfterS);
      throw error;
    }
  }

  /** Calls may pass unwatched: whoever makes one tells its end by `succeeded` or `failed`. Saves the promises of `run`. */
  get isClosed(): boolean {
    return this.policy.state === CircuitState.Closed && !this.isHeld();
  }

  succeeded(): void {
    // A call that began before the circuit opened is no probe, and closes nothing.
    if (this.policy.state === CircuitState.Closed) this.inARow.success();
  }

  failed(error: Error): void {
    if (this.policy.state !== CircuitState.Closed) return;
    this.policy.execute(() => Promise.reject(error)).catch(() => undefined); // Its caller has the error already.
  }

  /** The other side named a time (`Retry-After`): nobody calls before it. */
  hold(durationMs: number): void {
    const wasHeld = this.isHeld();
    this.heldUntilMs = Math.max(this.heldUntilMs, Date.now() + Math.min(durationMs, this.maxOpenForMs));
    if (!wasHeld) this.announce();
  }

  onChange(listener: (state: BreakerState) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Whether a call would be let through now, be it as a probe. */
  admits(): boolean {
    if (this.isHeld() || this.policy.state === CircuitState.HalfOpen) return false;
    return this.policy.state !== CircuitState.Open || Date.now() >= this.opensAgainAtMs;
  }

  private isHeld(): boolean {
    return Date.now() < this.heldUntilMs;
  }

  private announce(): void {
    const state = this.state();
    for (const listener of this.listeners) listener(state);
  }

  /** Called by the policy at each opening; `attempt` counts the openings without a success between them. */
  private openTime(attempt: number): IBackoff<unknown> {
    const duration = Math.min(this.maxOpenForMs, this.openForMs * 2 ** Math.min(attempt, 30));
    this.opensAgainAtMs = Date.now() + duration;
    return { duration, next: () => this.openTime(attempt + 1) };
  }
}
