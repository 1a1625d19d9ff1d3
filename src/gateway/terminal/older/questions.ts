import { type JsonObject } from '@app/kernel';
import { isFailure, McpRequestRefusedError, RPC, type RpcResponse } from '@app/mcp';
import { missingFor } from '../client-capabilities';
import { TooManyCallsError } from '../terminal.errors';

/** A client gets this long to answer what a server asks of it: there may be a human behind it. */
const ANSWER_LIMIT_MS = 5 * 60_000;
const QUESTIONS_MAX = 100;

interface Question {
  settle(outcome: JsonObject | Error): void;
}

/** What servers asked one client and it did not answer yet. */
export class Questions {
  private readonly open = new Map<string, Question>();
  private next = 1;

  constructor(private readonly capabilities: JsonObject) {}

  /** `send` puts the request where the client hears it; false when it does not. */
  ask(
    method: string,
    params: JsonObject,
    signal: AbortSignal,
    send: (json: string) => boolean,
  ): Promise<JsonObject> {
    const refusal = this.refusalOf(method, params, signal);
    if (refusal !== undefined) return Promise.reject(refusal);
    const id = `q${this.next++}`;
    return new Promise((resolve, reject) => {
      const onAbort = (): void => {
        settle(cannotBeAsked('The client gave the request up'));
      };
      const settle = (outcome: JsonObject | Error): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', onAbort);
        this.open.delete(id);
        if (outcome instanceof Error) reject(outcome);
        else resolve(outcome);
      };
      const timer = setTimeout(() => {
        settle(cannotBeAsked('The client did not answer in time'));
      }, ANSWER_LIMIT_MS).unref();
      signal.addEventListener('abort', onAbort, { once: true });
      this.open.set(id, { settle });
      if (!send(JSON.stringify({ jsonrpc: '2.0', id, method, params })))
        settle(cannotBeAsked('The client takes no event streams'));
    });
  }

  /** False for one that belongs to no question: it is late, was never asked for, or was asked for elsewhere. */
  answered(response: RpcResponse): boolean {
    const question = typeof response.id === 'string' ? this.open.get(response.id) : undefined;
    question?.settle(isFailure(response) ? refusedByClient(response.error) : response.result);
    return question !== undefined;
  }

  giveUp(): void {
    for (const question of [...this.open.values()]) question.settle(cannotBeAsked('The session ended'));
  }

  private refusalOf(method: string, params: JsonObject, signal: AbortSignal): Error | undefined {
    if (signal.aborted) return cannotBeAsked('The client gave the request up');
    if (missingFor(this.capabilities, method, params) !== undefined)
      return cannotBeAsked(`The client did not declare what ${method} needs`, RPC.methodNotFound);
    return this.open.size < QUESTIONS_MAX ? undefined : new TooManyCallsError('The client', QUESTIONS_MAX);
  }
}

const cannotBeAsked = (message: string, code: number = RPC.internal): Error =>
  new McpRequestRefusedError(message, code, { serverName: 'client' });

const refusedByClient = ({ code, message, data }: { code: number; message: string; data?: unknown }): Error =>
  new McpRequestRefusedError(message, code, { serverName: 'client' }, data);
