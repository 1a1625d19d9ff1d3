import { type JsonObject } from '@app/kernel';
import { McpRequestRefusedError, type OnServerRequest, RPC, type RpcNotification } from '@app/mcp';

/** A server that asks as soon as a session began may be faster than the call for which it began. */
const WAIT_FOR_CALL_MS = 30_000;

/** A call under way: who stands behind it can be asked and told. */
export interface Caller {
  ask(method: string, params: JsonObject): Promise<JsonObject>;
  say(message: RpcNotification): void;
}

/** What belongs to a client and not to the gateway, though it came outside of any call. */
const FOR_CLIENTS: ReadonlySet<string> = new Set([
  'notifications/message',
  'notifications/elicitation/complete',
]);

/**
 * What a server asks on a session outside of any call. It goes to a call that is under way there, and only where all
 * calls of the session are one client's, or where there is a single one.
 */
export class ServerQuestions {
  private readonly callers = new Set<Caller>();
  private isPromised = false;
  private readonly waiting = new Set<(caller: Caller) => void>();

  constructor(private readonly isOneClient: boolean) {}

  /** A call is under way, or about to be. */
  get isBusy(): boolean {
    return this.callers.size > 0 || this.isPromised;
  }

  /** Somebody was given the session and enters before this turn of the event loop is over, or does not enter. */
  promise(): void {
    this.isPromised = true;
    setImmediate(() => {
      this.isPromised = false;
    });
  }

  /** For the time of a call. Returns the way to leave. */
  enter(caller: Caller): () => void {
    this.isPromised = false;
    this.callers.add(caller);
    for (const admit of this.waiting) admit(caller);
    this.waiting.clear();
    return () => {
      this.callers.delete(caller);
    };
  }

  /** Log lines that a server did not tie to a call go with the one that is under way. */
  readonly hear = (message: RpcNotification): void => {
    if (FOR_CLIENTS.has(message.method)) this.latest()?.say(message);
  };

  readonly answer: OnServerRequest = async ({ method, params = {} }, signal) => {
    const caller = this.callers.size === 0 ? await this.wait(signal) : this.latest();
    if (caller === undefined) throw refusal(method);
    return caller.ask(method, params);
  };

  private latest(): Caller | undefined {
    return this.isOneClient || this.callers.size === 1 ? [...this.callers].at(-1) : undefined;
  }

  private wait(signal: AbortSignal): Promise<Caller | undefined> {
    return new Promise((resolve) => {
      const end = (caller?: Caller): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', onAbort);
        this.waiting.delete(end);
        resolve(caller);
      };
      const onAbort = (): void => {
        end();
      };
      const timer = setTimeout(end, WAIT_FOR_CALL_MS).unref();
      signal.addEventListener('abort', onAbort, { once: true });
      this.waiting.add(end);
    });
  }
}

const refusal = (method: string): McpRequestRefusedError =>
  new McpRequestRefusedError(`Nobody is there to answer ${method}`, RPC.methodNotFound, {
    serverName: 'quayside',
  });
