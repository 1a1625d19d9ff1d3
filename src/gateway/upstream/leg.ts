import { type Clock } from '@app/kernel';
import { type McpListKind, type McpSession } from '@app/mcp';
import { Backoff, SingleFlight } from '@app/resilience';
import { UpstreamWaitingError } from '../domain/gateway.errors';
import { type Admission } from './admission';
import { Connection } from './connection';
import { isOutage, layerOf, mayTryAgain, messageOf } from './failures';

/** Between tries to connect; short at first, since most outages are restarts. */
const RECONNECT = { initialMs: 500, maxMs: 60_000 };
const MS_PER_S = 1_000;

export interface LegOptions {
  readonly serverName: string;
  readonly admission: Admission;
  readonly clock: Clock;
  readonly connect: () => Promise<McpSession>;
  /** Of each session, before anybody uses it: what the server must be told first. */
  readonly greet: (session: McpSession) => Promise<void>;
  readonly onListChanged: (kind: McpListKind) => void;
  /** Connected again after it could not be: what is known of the server may be old. */
  readonly onRecovered: () => void;
}

export interface LegState {
  readonly isConnected: boolean;
  readonly failure: string | null;
  readonly failingSince: Date | null;
  readonly nextAttemptAt: Date | null;
}

/** One relation to a server: a session that is made at its first use, made anew when it is lost, and shared by its users. */
export class Leg {
  lastUsedAtMs: number;
  private readonly backoff = new Backoff(RECONNECT);
  private readonly connecting = new SingleFlight<'connect', Connection>();
  private connection: Connection | undefined;
  private failure: unknown;
  private failingSince: Date | null = null;
  private nextAttemptAtMs = 0;
  private active = 0;
  private isClosed = false;

  constructor(private readonly options: LegOptions) {
    this.lastUsedAtMs = options.clock.monotonicMs();
  }

  state(): LegState {
    const isWaiting = this.nextAttemptAtMs > this.options.clock.now().getTime();
    return {
      isConnected: this.connection !== undefined,
      failure: this.failure === undefined ? null : messageOf(this.failure),
      failingSince: this.failingSince,
      nextAttemptAt: isWaiting ? new Date(this.nextAttemptAtMs) : null,
    };
  }

  /** It could not be reached, and the next try is not due yet. */
  get isWaiting(): boolean {
    return (
      this.connection === undefined &&
      this.nextAttemptAtMs !== 0 &&
      this.nextAttemptAtMs > this.options.clock.now().getTime()
    );
  }

  get isIdle(): boolean {
    return this.active === 0;
  }

  /** The live session, if there is one. */
  get current(): McpSession | undefined {
    return this.connection?.session;
  }

  /** Someone else reached the server: waiting for the next try has no point any more. */
  tryNow(): void {
    this.nextAttemptAtMs = 0;
    this.backoff.reset();
  }

  /** Waits for its turn, for a session and for the work; the signal ends each of these waits. */
  async use<T>(work: (session: McpSession) => Promise<T>, signal?: AbortSignal): Promise<T> {
    const { admission, clock } = this.options;
    // Who is gone already must not count as somebody whose call may have begun.
    signal?.throwIfAborted();
    this.lastUsedAtMs = clock.monotonicMs();
    this.active += 1;
    try {
      if (this.connection !== undefined && admission.tryEnter()) return await this.admitted(work, signal);
      return await admission.run(() => this.withHealing(work, signal), signal, this.refuseWhileWaiting);
    } finally {
      this.active -= 1;
    }
  }

  /** What `use` begins with, where nothing has to be waited for: a place and a session. Ends with `leave`, or by `goOn`. */
  tryEnter(): Connection | undefined {
    const { connection } = this;
    const { admission, clock } = this.options;
    if (connection === undefined || !admission.tryEnter()) return undefined;
    this.lastUsedAtMs = clock.monotonicMs();
    this.active += 1;
    connection.enter();
    return connection;
  }

  leave(entered: Connection, error?: unknown): void {
    entered.leave();
    this.active -= 1;
    this.options.admission.leave(error);
  }

  /** The rest of a `use` that began with `tryEnter`. */
  async goOn<T>(
    entered: Connection,
    work: (session: McpSession) => Promise<T>,
    signal?: AbortSignal,
  ): Promise<T> {
    try {
      return await this.admitted(work, signal, entered);
    } finally {
      this.active -= 1;
    }
  }

  /** Like `use`, for what stays open: it takes nobody's place and counts as nobody's failure. */
  async hold<T>(work: (session: McpSession) => Promise<T>): Promise<T> {
    this.lastUsedAtMs = this.options.clock.monotonicMs();
    this.refuseWhileWaiting();
    return (await this.connected()).use(work);
  }

  close(): void {
    this.isClosed = true;
    this.connection?.retire();
    this.connection = undefined;
  }

  /** The usual case: nobody waits and all is well, so that the gate costs next to nothing. */
  private async admitted<T>(
    work: (session: McpSession) => Promise<T>,
    signal: AbortSignal | undefined,
    entered?: Connection,
  ): Promise<T> {
    const { admission } = this.options;
    try {
      const result = await this.withHealing(work, signal, entered);
      admission.leave();
      return result;
    } catch (error) {
      admission.leave(error);
      throw error;
    }
  }

  /** One new connection and one second try, and only when the first try provably did nothing. */
  private async withHealing<T>(
    work: (session: McpSession) => Promise<T>,
    signal: AbortSignal | undefined,
    entered?: Connection,
  ): Promise<T> {
    const connection = entered ?? this.connection ?? (await orAborted(this.connected(), signal));
    try {
      return await (entered === undefined ? connection.use(work) : connection.useEntered(work));
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
      const connection = await this.connect();
      const isRecovered = this.failingSince !== null;
      this.failure = undefined;
      this.failingSince = null;
      this.tryNow();
      // A route that changed meanwhile leaves this one to its present users only.
      if (this.isClosed) connection.retire();
      else this.connection = connection;
      if (isRecovered) this.options.onRecovered();
      return connection;
    } catch (error) {
      const now = this.options.clock.now();
      this.failure = error;
      this.failingSince ??= now;
      this.nextAttemptAtMs = now.getTime() + this.backoff.nextMs();
      throw error;
    }
  }

  private async connect(): Promise<Connection> {
    const session = await this.options.connect();
    try {
      await this.options.greet(session);
    } catch (error) {
      // A server that is gone cannot be told good-bye.
      session.close().catch(() => undefined);
      throw error;
    }
    return new Connection(session, this.options.onListChanged);
  }

  private giveUp(connection: Connection): void {
    if (this.connection === connection) this.connection = undefined;
    connection.retire();
  }

  private readonly refuseWhileWaiting = (): void => {
    if (this.connection !== undefined || this.nextAttemptAtMs === 0) return;
    const waitMs = this.nextAttemptAtMs - this.options.clock.now().getTime();
    if (waitMs <= 0) return;
    const retryAfterS = Math.ceil(waitMs / MS_PER_S);
    const { serverName } = this.options;
    throw new UpstreamWaitingError(serverName, messageOf(this.failure), layerOf(this.failure), retryAfterS);
  };
}

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
