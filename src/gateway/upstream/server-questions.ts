import { type JsonObject } from '@app/kernel';
import { McpRequestRefusedError, type OnServerRequest, RPC } from '@app/mcp';

/** A server that asks as soon as a session began may be faster than the call for which it began. */
const WAIT_FOR_CALL_MS = 30_000;

export type AskCaller = (method: string, params: JsonObject) => Promise<JsonObject>;

/**
 * What a server asks on a session outside of any call. It goes to a call that is under way there, and only where all
 * calls of the session are one client's, or where there is a single one.
 */
export class ServerQuestions {
  private readonly callers = new Set<AskCaller>();
  private readonly waiting = new Set<(ask: AskCaller) => void>();

  constructor(private readonly isOneClient: boolean) {}

  /** For the time of a call. Returns the way to leave. */
  enter(ask: AskCaller): () => void {
    this.callers.add(ask);
    for (const admit of this.waiting) admit(ask);
    this.waiting.clear();
    return () => {
      this.callers.delete(ask);
    };
  }

  readonly answer: OnServerRequest = async ({ method, params = {} }, signal) => {
    const ask = await this.someone(signal);
    if (ask === undefined) throw refusal(method);
    return ask(method, params);
  };

  private someone(signal: AbortSignal): Promise<AskCaller | undefined> {
    const [first, ...others] = [...this.callers].reverse();
    if (others.length > 0 && !this.isOneClient) return Promise.resolve(undefined);
    return first === undefined ? this.wait(signal) : Promise.resolve(first);
  }

  private wait(signal: AbortSignal): Promise<AskCaller | undefined> {
    return new Promise((resolve) => {
      const end = (ask?: AskCaller): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', onAbort);
        this.waiting.delete(end);
        resolve(ask);
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
