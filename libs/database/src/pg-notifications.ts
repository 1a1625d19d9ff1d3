import { setTimeout as delay } from 'node:timers/promises';
import { Client, escapeIdentifier } from 'pg';
import { DatabaseUnavailableError, translate } from './errors';

type Listener = (payload: string) => void;

/** Full jitter between nothing and 0.1, 0.2, 0.4 … 5 s: all processes lose the server in the same moment. */
const BACKOFF_FIRST_MS = 100;
const BACKOFF_MAX_MS = 5_000;
const CONNECT_LIMIT_MS = 5_000;
const STATEMENT_LIMIT_MS = 5_000;
const FAREWELL_MS = 2_000;
/** A connection that only listens would not notice that the other side is gone without a word. */
const HEARTBEAT_MS = 10_000;
/** Notices on their way; they are hints, so more than that need not wait. */
const MAX_WAITING = 1_000;

/** In the order given; the server itself leaves out what is said twice in one transaction. */
const NOTIFY = `SELECT pg_notify(channel, payload) FROM unnest($1::text[], $2::text[]) AS n(channel, payload)`;

interface Notice {
  readonly channel: string;
  readonly payload: string;
}

/**
 * LISTEN and NOTIFY over one connection that is opened again after each loss. What was sent in between is lost: whoever must not
 * miss it looks once more in `onReconnect`.
 */
export class PgNotifications {
  private readonly listeners = new Map<string, Set<Listener>>();
  private readonly reconnectListeners: (() => void)[] = [];
  private client: Client | undefined;
  private retry: NodeJS.Timeout | undefined;
  private heartbeat: NodeJS.Timeout | undefined;
  private running = false;
  private failures = 0;
  private last: Promise<unknown> = Promise.resolve();
  private waiting = 0;
  /** What is said next, in one statement: it grows while the connection is busy. */
  private gathered: { readonly notices: Notice[]; readonly said: Promise<void> } | undefined;
  private firstTry = true;

  constructor(
    private readonly url: string,
    private readonly applicationName = 'quayside notifications',
  ) {}

  /** Resolves after the first try. When that failed, tries go on in the background. */
  async start(): Promise<void> {
    if (this.running) return;
    this.running = true;
    this.firstTry = true;
    await this.connect();
  }

  get isConnected(): boolean {
    return this.client !== undefined;
  }

  /** Answers the function that ends it. */
  listen(channel: string, listener: Listener): () => void {
    const known = this.listeners.get(channel) ?? new Set();
    known.add(listener);
    this.listeners.set(channel, known);
    if (known.size === 1) this.tell(`LISTEN ${escapeIdentifier(channel)}`);
    return () => {
      if (!known.delete(listener) || known.size > 0) return;
      this.listeners.delete(channel);
      this.tell(`UNLISTEN ${escapeIdentifier(channel)}`);
    };
  }

  async notify(channel: string, payload: string): Promise<void> {
    const client = this.client;
    if (client === undefined || this.waiting >= MAX_WAITING) throw new DatabaseUnavailableError();
    this.gathered ??= this.sayGathered(client);
    this.gathered.notices.push({ channel, payload });
    this.waiting += 1;
    try {
      await this.gathered.said;
    } catch (error) {
      throw translate(error);
    } finally {
      this.waiting -= 1;
    }
  }

  /** One statement for all that is given until its turn comes: a burst of changes does not become a burst of statements. */
  private sayGathered(client: Client): { readonly notices: Notice[]; readonly said: Promise<void> } {
    const notices: Notice[] = [];
    const said = this.inTurn(() => {
      this.gathered = undefined;
      return client.query(NOTIFY, [
        notices.map(({ channel }) => channel),
        notices.map(({ payload }) => payload),
      ]);
    });
    return { notices, said };
  }

  /** Called after each connection but one that the first try gave: there may be a hole before it. */
  onReconnect(listener: () => void): void {
    this.reconnectListeners.push(listener);
  }

  async stop(): Promise<void> {
    this.running = false;
    clearTimeout(this.retry);
    clearInterval(this.heartbeat);
    const client = this.client;
    this.client = undefined;
    // A server that is silent does not answer the farewell: the process has more to end than this.
    await Promise.race([client?.end(), delay(FAREWELL_MS, undefined, { ref: false })]);
  }

  private async connect(): Promise<void> {
    const client = this.newClient();
    try {
      await client.connect();
      for (const channel of this.listeners.keys()) await client.query(`LISTEN ${escapeIdentifier(channel)}`);
    } catch {
      this.abandon(client);
      this.tryAgain();
      return;
    }
    if (this.running) this.use(client);
    else this.abandon(client);
  }

  private newClient(): Client {
    const client = new Client({
      connectionString: this.url,
      application_name: this.applicationName,
      connectionTimeoutMillis: CONNECT_LIMIT_MS,
      query_timeout: STATEMENT_LIMIT_MS,
      keepAlive: true,
    });
    // A lost connection emits both, and several errors at times; `lose` acts on the first only.
    client.on('error', () => {
      this.lose(client);
    });
    client.on('end', () => {
      this.lose(client);
    });
    client.on('notification', ({ channel, payload }) => {
      this.listeners.get(channel)?.forEach((listener) => {
        listener(payload ?? '');
      });
    });
    return client;
  }

  private use(client: Client): void {
    const isFirst = this.firstTry;
    this.client = client;
    this.failures = 0;
    this.firstTry = false;
    this.heartbeat = setInterval(() => {
      this.tell('SELECT 1');
    }, HEARTBEAT_MS);
    if (!isFirst)
      this.reconnectListeners.forEach((listener) => {
        listener();
      });
  }

  private lose(client: Client): void {
    if (client !== this.client) return;
    this.client = undefined;
    clearInterval(this.heartbeat);
    this.abandon(client);
    this.tryAgain();
  }

  private tryAgain(): void {
    this.firstTry = false;
    if (!this.running) return;
    const ceilingMs = Math.min(BACKOFF_MAX_MS, BACKOFF_FIRST_MS * 2 ** this.failures);
    this.failures += 1;
    this.retry = setTimeout(() => void this.connect(), Math.random() * ceilingMs);
  }

  /** A statement whose only failure is the loss of the connection. */
  private tell(sql: string): void {
    const client = this.client;
    if (client === undefined) return;
    this.inTurn(() => client.query(sql)).catch(() => {
      this.lose(client);
    });
  }

  /** One statement after the other: a connection can do no more, and the driver wants its callers to know that. */
  private async inTurn(statement: () => Promise<unknown>): Promise<void> {
    const turn = this.last.then(statement);
    this.last = turn.catch(() => undefined);
    await turn;
  }

  private abandon(client: Client): void {
    // It may be gone already: nothing is left to be said about that.
    client.end().catch(() => undefined);
  }
}
