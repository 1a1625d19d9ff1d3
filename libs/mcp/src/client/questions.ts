import { type JsonObject } from '@app/kernel';
import { McpRequestRefusedError } from '../errors';
import {
  failure,
  type RpcId,
  type RpcNotification,
  type RpcRequest,
  type RpcResponse,
} from '../wire/json-rpc';
import { RPC } from '../wire/protocol';
import { type ClientSide } from './client-side';
import { type AskClient } from './session';

/** Questions of one server under way at once, and refusals of those beyond; it may ask without end. */
const MAX_OPEN = 32;
const MAX_REFUSALS = 32;
const MAX_WORDS = 500;

/** What a server of the older era asks us: answered by the call it came with, by the session, or not at all. */
export class Questions {
  private readonly open = new Map<RpcId, AbortController>();
  private refusals = 0;

  constructor(
    private readonly client: ClientSide,
    private readonly deliver: (answer: RpcResponse) => Promise<void>,
  ) {}

  take(question: RpcRequest, ofCall?: AskClient): void {
    const { id, method } = question;
    const ask = method === 'ping' ? pong : this.asker(question, ofCall);
    if (ask === undefined) {
      this.refuse(failure(id, RPC.methodNotFound, `This client does not offer ${method}`));
    } else if (this.open.size >= MAX_OPEN || this.open.has(id)) {
      this.refuse(failure(id, RPC.internal, 'Too many questions are open'));
    } else {
      this.answer(id, ask);
    }
  }

  /** The server takes a question back: whoever thinks about it may stop, and nothing is sent. */
  hear({ method, params }: RpcNotification): boolean {
    const { requestId } = params ?? {};
    if (method !== 'notifications/cancelled') return false;
    if (typeof requestId === 'string' || typeof requestId === 'number')
      this.open.get(requestId)?.abort(new Error('the server takes its question back'));
    return true;
  }

  end(): void {
    for (const question of this.open.values()) question.abort(new Error('the session ended'));
  }

  private asker(question: RpcRequest, ofCall: AskClient | undefined): Ask | undefined {
    const { method, params = {} } = question;
    if (ofCall !== undefined) return (signal) => ofCall(method, params, signal);
    const { onRequest } = this.client;
    return onRequest === undefined ? undefined : (signal) => onRequest(question, signal);
  }

  private answer(id: RpcId, ask: Ask): void {
    const controller = new AbortController();
    this.open.set(id, controller);
    ask(controller.signal)
      .then(
        (result): RpcResponse => ({ jsonrpc: '2.0', id, result }),
        (error: unknown) => refusalOf(id, error),
      )
      .then(async (answer) => {
        if (!controller.signal.aborted) await this.deliver(answer);
      })
      .catch(() => undefined) // It cannot be reached: the call that waits for this answer meets the same fault.
      .finally(() => this.open.delete(id));
  }

  private refuse(answer: RpcResponse): void {
    if (this.refusals >= MAX_REFUSALS) return;
    this.refusals += 1;
    this.deliver(answer)
      .catch(() => undefined) // Nobody waits for it here, and the server may be what is broken.
      .finally(() => {
        this.refusals -= 1;
      });
  }
}

type Ask = (signal: AbortSignal) => Promise<JsonObject>;

const pong: Ask = () => Promise.resolve({});

/** A client's own error goes on as it is; what failed on the way to it is our affair. */
function refusalOf(id: RpcId, error: unknown): RpcResponse {
  if (error instanceof McpRequestRefusedError) {
    const data = error.data === undefined ? undefined : (error.data as JsonObject);
    return failure(id, error.rpcCode, error.rpcMessage, data);
  }
  const words = error instanceof Error ? error.message : 'The client cannot answer';
  return failure(id, RPC.internal, words.slice(0, MAX_WORDS));
}
