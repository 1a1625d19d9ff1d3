import { type Clock } from '@app/kernel';
import {
  McpBusyError,
  type McpPrompt,
  type McpResource,
  type McpSession,
  type McpTool,
  McpToolUnknownError,
} from '@app/mcp';
import { Backoff, type BreakerState, Bulkhead, CircuitBreaker, SingleFlight } from '@app/resilience';
import { UpstreamWaitingError } from '../domain/gateway.errors';
import { type CallableRoute } from '../routing/route';
import { Connection } from './connection';
import { isOutage, layerOf, mayTryAgain, messageOf, provesLife } from './failures';
import { ListCache } from './list-cache';

/** Calls under way at one server, and callers that wait for their turn; the next one is told to come back. */
const IN_FLIGHT_MAX = 64;
const WAITING_MAX = 256;
/** Failures in a row after which nobody calls for a while. */
const FAILURES_TO_OPEN = 5;
const OPEN_FOR_MS = 5_000;
const OPEN_FOR_MAX_MS = 60_000;
/** Between tries to connect; short at first, since most outages are restarts. */
const RECONNECT = { initialMs: 500, maxMs: 60_000 };
const MS_PER_S = 1_000;

export interface UpstreamState {
  readonly circuit: BreakerState;
  readonly isConnected: boolean;
  readonly failure: string | null;
  readonly nextAttemptAt: Date | null;
}

/** One server as the gateway meets it: its session, its circuit, its lists. Ends when its route changes. */
export class Upstream {
  readonly tools: ListCache<McpTool>;
  readonly resources: ListCache<McpResource>;
  readonly prompts: ListCache<McpPrompt>;
  lastUsedAtMs: number;

  private readonly breaker: CircuitBreaker;
  private readonly bulkhead: Bulkhead;
  private readonly backoff = new Backoff(RECONNECT);
  private readonly connecting = new SingleFlight<'connect', Connection>();
  private connection: Connection | undefined;
  private failure: unknown;
  private nextAttemptAtMs = 0;
  private isClosed = false;

  constructor(
    readonly route: CallableRoute,
    private readonly connect: (route: CallableRoute) => Promise<McpSession>,
    private readonly clock: Clock,
  ) {
    const name = `"${route.name}"`;
    this.breaker = new CircuitBreaker({
      name,
      failures: FAILURES_TO_OPEN,
      openForMs: OPEN_FOR_MS,
      maxOpenForMs: OPEN_FOR_MAX_MS,
      isFailure: isOutage,
      provesLife,
    });
    this.bulkhead = new Bulkhead(IN_FLIGHT_MAX, WAITING_MAX, name);
    this.tools = new ListCache(() => this.use((session) => session.listTools()), clock);
    this.resources = new ListCache(() => this.use((session) => resourcesOf(session)), clock);
    this.prompts = new ListCache(() => this.use((session) => promptsOf(session)), clock);
    this.lastUsedAtMs = clock.monotonicMs();
  }

  state(): UpstreamState {
    const isWaiting = this.nextAttemptAtMs > this.clock.now().getTime();
    return {
      circuit: this.breaker.state(),
      isConnected: this.connection !== undefined,
      failure: this.failure === undefined ? null : messageOf(this.failure),
      nextAttemptAt: isWaiting ? new Date(this.nextAttemptAtMs) : null,
    };
  }

  /** Someone else reached the server: waiting for the next try has no point any more. */
  tryNow(): void {
    this.nextAttemptAtMs = 0;
    this.backoff.reset();
  }

  /** How long a call may take here: what the instance says, else the given default. */
  callLimitMs(defaultMs: number): number {
    const { timeout } = this.route.spec;
    return timeout === undefined ? defaultMs : timeout * MS_PER_S;
  }

  async tool(name: string): Promise<McpTool> {
    const tool = await this.tools.find((one) => one.name === name);
    if (tool === undefined)
      throw new McpToolUnknownError(name, { serverName: this.route.name, started: false });
    return tool;
  }

  /** Waits for its turn, for a session and for the work; the signal ends each of these waits. */
  async use<T>(work: (session: McpSession) => Promise<T>, signal?: AbortSignal): Promise<T> {
    this.lastUsedAtMs = this.clock.monotonicMs();
    return this.bulkhead.run(async () => {
      this.refuseWhileWaiting();
      try {
        return await this.breaker.run(() => this.withHealing(work, signal));
      } catch (error) {
        if (error instanceof McpBusyError) this.breaker.hold((error.retryAfterS ?? 1) * MS_PER_S);
        throw error;
      }
    }, signal);
  }

  close(): void {
    this.isClosed = true;
    this.connection?.retire();
    this.connection = undefined;
  }

  /** One new connection and one second try, and only when the first try provably did nothing. */
  private async withHealing<T>(
    work: (session: McpSession) => Promise<T>,
    signal: AbortSignal | undefined,
  ): Promise<T> {
    const connection = await orAborted(this.connected(), signal);
    try {
      return await connection.use(work);
    } catch (error) {
      // A call that took too long says nothing against the session that carries the others.
      if (isOutage(error) && layerOf(error) !== 'timeout') this.giveUp(connection);
      if (!mayTryAgain(error)) throw error;
      return (await orAborted(this.connected(), signal)).use(work);
    }
  }

  private connected(): Promise<Connection> {
    if (this.connection !== undefined) return Promise.resolve(this.connection);
    return this.connecting.run('connect', () => this.open());
  }

  private async open(): Promise<Connection> {
    try {
      const session = await this.connect(this.route);
      const connection = new Connection(session, (kind) => {
        this[kind].invalidate();
      });
      this.failure = undefined;
      this.tryNow();
      // A route that changed meanwhile leaves this one to its present users only.
      if (this.isClosed) connection.retire();
      else this.connection = connection;
      return connection;
    } catch (error) {
      this.failure = error;
      this.nextAttemptAtMs = this.clock.now().getTime() + this.backoff.nextMs();
      throw error;
    }
  }

  private giveUp(connection: Connection): void {
    if (this.connection === connection) this.connection = undefined;
    connection.retire();
  }

  private refuseWhileWaiting(): void {
    const waitMs = this.nextAttemptAtMs - this.clock.now().getTime();
    if (waitMs <= 0 || this.connection !== undefined) return;
    const retryAfterS = Math.ceil(waitMs / MS_PER_S);
    throw new UpstreamWaitingError(
      this.route.name,
      messageOf(this.failure),
      layerOf(this.failure),
      retryAfterS,
    );
  }
}

/** A server that offers none is not asked: it would have to refuse, and that looks like a fault. */
const resourcesOf = (session: McpSession): Promise<readonly McpResource[]> =>
  'resources' in session.capabilities ? session.listResources() : Promise.resolve([]);
const promptsOf = (session: McpSession): Promise<readonly McpPrompt[]> =>
  'prompts' in session.capabilities ? session.listPrompts() : Promise.resolve([]);

/** A caller who leaves does not end a connection that others wait for. */
function orAborted<T>(shared: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return shared;
  return new Promise<T>((resolve, reject) => {
    const onAbort = (): void => {
      reject(signal.reason as Error);
    };
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
    shared.then(resolve, reject).finally(() => {
      signal.removeEventListener('abort', onAbort);
    });
  });
}
