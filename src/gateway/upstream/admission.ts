import { McpBusyError } from '@app/mcp';
import { type BreakerState, Bulkhead, CircuitBreaker } from '@app/resilience';
import { isOutage, provesLife } from './failures';

/** Calls under way at one server, and callers that wait for their turn; the next one is told to come back. */
const IN_FLIGHT_MAX = 64;
const WAITING_MAX = 256;
/** Failures in a row after which nobody calls for a while. */
const FAILURES_TO_OPEN = 5;
const OPEN_FOR_MS = 5_000;
const OPEN_FOR_MAX_MS = 60_000;
const MS_PER_S = 1_000;

/** The one gate before a server, for calls of every face: a cap on calls under way, and a circuit. */
export class Admission {
  private readonly breaker: CircuitBreaker;
  private readonly bulkhead: Bulkhead;

  constructor(serverName: string) {
    const name = `"${serverName}"`;
    this.breaker = new CircuitBreaker({
      name,
      failures: FAILURES_TO_OPEN,
      openForMs: OPEN_FOR_MS,
      maxOpenForMs: OPEN_FOR_MAX_MS,
      isFailure: isOutage,
      provesLife,
    });
    this.bulkhead = new Bulkhead(IN_FLIGHT_MAX, WAITING_MAX, name);
  }

  circuit(): BreakerState {
    return this.breaker.state();
  }

  /** The circuit is closed, or it is time for a first try. */
  get isWell(): boolean {
    return this.breaker.admits();
  }

  get active(): number {
    return this.bulkhead.active;
  }

  /** A place at once, where there is one and the circuit is closed: the usual case, without a promise. Ends with `leave`. */
  tryEnter(): boolean {
    return this.breaker.isClosed && this.bulkhead.tryEnter();
  }

  /** The end of a call that `tryEnter` let in. What says nothing about the server counts neither way. */
  leave(error?: unknown): void {
    this.bulkhead.leave();
    if (error === undefined || provesLife(error)) this.breaker.succeeded();
    else if (error instanceof Error && isOutage(error)) this.breaker.failed(error);
    this.holdFor(error);
  }

  /** `refuse` may throw once it is the caller's turn: such a no says nothing about the server. */
  run<T>(work: () => Promise<T>, signal?: AbortSignal, refuse?: () => void): Promise<T> {
    return this.bulkhead.run(async () => {
      refuse?.();
      try {
        return await this.breaker.run(work);
      } catch (error) {
        this.holdFor(error);
        throw error;
      }
    }, signal);
  }

  private holdFor(error: unknown): void {
    if (error instanceof McpBusyError) this.breaker.hold((error.retryAfterS ?? 1) * MS_PER_S);
  }
}
