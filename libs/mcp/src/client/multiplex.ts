import { type JsonObject } from '@app/kernel';
import { McpUnreachableError } from '../errors';
import {
  isCall,
  isFailure,
  isRequest,
  notification,
  request,
  type RpcMessage,
  type RpcNotification,
  type RpcResponse,
} from '../wire/json-rpc';
import { CallEar } from './answers';
import { type ChannelRequest } from './channel';
import { type ClientSide } from './client-side';
import { Questions } from './questions';
import { rpcError } from './refusal';
import { SessionMemory } from './session-memory';

export interface MultiplexOptions {
  readonly serverName: string;
  readonly client: ClientSide;
  /** Settles when the message is on its way. */
  send(message: RpcMessage, signal: AbortSignal): Promise<void>;
  onNotification(message: RpcNotification): void;
}

interface Waiting {
  readonly ear: CallEar;
  readonly options: ChannelRequest;
  resolve(response: RpcResponse): void;
  reject(error: unknown): void;
}

const MAX_WAITING = 1_000;
const ANSWER_MS = 10_000;
const FAREWELL_MS = 2_000;
const MAX_FAREWELLS = 32;

/** Many calls over one stream of messages: an answer is found by its id, and by nothing else. */
export class Multiplex {
  private readonly waiting = new Map<number, Waiting>();
  private readonly questions: Questions;
  private readonly memory = new SessionMemory();
  private nextId = 1;
  private farewells = 0;

  constructor(private readonly options: MultiplexOptions) {
    this.questions = new Questions(options.client, (answer) =>
      options.send(answer, AbortSignal.timeout(ANSWER_MS)),
    );
  }

  async request(method: string, params: JsonObject, options: ChannelRequest): Promise<JsonObject> {
    if (this.waiting.size >= MAX_WAITING) throw this.tooMany();
    const { signal } = options;
    const id = this.nextId++;
    options.onSent?.(id);
    const ear = new CallEar(id, params, options);
    let onAbort: () => void = () => undefined;
    const answered = new Promise<RpcResponse>((resolve, reject) => {
      this.waiting.set(id, { ear, options, resolve, reject });
      onAbort = () => {
        reject(signal.reason as Error);
      };
      signal.addEventListener('abort', onAbort, { once: true });
    });
    answered.catch(() => undefined); // Sending may fail first; its error is the one that is told.
    try {
      await this.options.send(request(id, method, ear.tokened(params)), signal);
      const response = await answered;
      if (isFailure(response)) throw rpcError(response, this.options);
      this.memory.note(method, params);
      return response.result;
    } catch (error) {
      if (signal.aborted) this.cancel(id);
      throw error;
    } finally {
      this.waiting.delete(id);
      signal.removeEventListener('abort', onAbort);
    }
  }

  take(message: RpcMessage): void {
    if (!isCall(message)) {
      if (message.id !== null) this.waiting.get(Number(message.id))?.resolve(message);
    } else if (isRequest(message)) {
      this.questions.take(message, this.onlyCall()?.options.onRequest);
    } else if (!this.questions.hear(message) && !this.callOf(message)?.ear.hear(message)) {
      this.options.onNotification(message);
    }
  }

  /** A new session is told what the last one knew; what it refuses is lost. */
  async retell(signal: AbortSignal): Promise<void> {
    for (const [method, params] of this.memory.replay())
      await this.request(method, params, { signal }).catch(() => undefined);
  }

  /** The stream is gone, and with it whatever was to come over it. */
  fail(error: Error): void {
    this.questions.end();
    for (const waiting of this.waiting.values()) waiting.reject(error);
    this.waiting.clear();
  }

  private callOf({ method, params }: RpcNotification): Waiting | undefined {
    if (method !== 'notifications/progress') return this.onlyCall();
    return this.waiting.get(Number(params?.progressToken));
  }

  /** What names no call can belong to one only while there is no other. */
  private onlyCall(): Waiting | undefined {
    return this.waiting.size === 1 ? this.waiting.values().next().value : undefined;
  }

  private cancel(requestId: number): void {
    if (this.farewells >= MAX_FAREWELLS) return;
    this.farewells += 1;
    this.options
      .send(notification('notifications/cancelled', { requestId }), AbortSignal.timeout(FAREWELL_MS))
      .catch(() => undefined) // Nobody waits for it.
      .finally(() => {
        this.farewells -= 1;
      });
  }

  private tooMany(): McpUnreachableError {
    const { serverName } = this.options;
    const words = `"${serverName}" has too many unanswered requests.`;
    return new McpUnreachableError(words, 'http', { serverName, started: false });
  }
}
