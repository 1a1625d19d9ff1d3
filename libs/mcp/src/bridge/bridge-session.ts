import { randomUUID } from 'node:crypto';
import { type JsonObject, type JsonValue } from '@app/kernel';
import { request, type RpcId, type RpcNotification, type RpcResponse } from '../wire/json-rpc';
import { type Listener, LIST_CHANGES } from './child-subscriptions';
import { type HttpReply } from './http-reply';
import { type StdioBridge } from './stdio-bridge';
import { type StdioCall } from './stdio-link';

/** A client gets this long to answer what a server asks of it. */
const CLIENT_ANSWER_MS = 5 * 60_000;
const MAX_QUESTIONS = 100;

export interface OpenCall {
  readonly call: StdioCall;
  readonly reply: HttpReply;
}

/** One client of the older era: what it said when it began, what it has open, and what was asked of it. */
export class BridgeSession implements Listener {
  readonly id = randomUUID();
  readonly lists = new Set(LIST_CHANGES);
  readonly uris = new Set<string>();
  /** By the client's own ids, which must be unique in its session. */
  readonly calls = new Map<RpcId, OpenCall>();
  readonly capabilities: JsonObject;
  readonly clientInfo: JsonValue;
  lastUsedMs = performance.now();
  private stream: HttpReply | undefined;
  private readonly questions = new Map<string, (response: RpcResponse) => void>();
  private nextQuestion = 1;

  constructor(
    readonly protocolVersion: string,
    initialize: JsonObject,
    readonly bridge: StdioBridge,
    /** Ends the process that belongs to this session alone. */
    readonly stopOwn?: () => void,
  ) {
    const { capabilities, clientInfo } = initialize;
    this.capabilities =
      typeof capabilities === 'object' && capabilities !== null ? (capabilities as JsonObject) : {};
    this.clientInfo = clientInfo ?? {};
  }

  get isIdle(): boolean {
    return this.calls.size === 0 && this.stream === undefined;
  }

  /** The stream for what belongs to no call; a second one takes the place of the first. */
  openStream(stream: HttpReply): void {
    this.stream?.end();
    this.stream = stream;
    stream.onGone(() => {
      if (this.stream === stream) this.stream = undefined;
    });
    stream.openStream();
  }

  hear(message: RpcNotification): void {
    this.stream?.write(message);
  }

  /** What a process of its own says beside its calls. */
  say(message: RpcNotification): void {
    // While one call is open, it is that call which made the process speak.
    const only = this.calls.size === 1 ? this.newestReply() : undefined;
    const places = [only, this.stream, this.newestReply()];
    places.some((place) => place?.write(message));
  }

  /** Asks the client, on the stream of the call that made the server ask. */
  ask(
    method: string,
    params: JsonObject | undefined,
    reply = this.newestReply() ?? this.stream,
  ): Promise<RpcResponse> {
    if (this.questions.size >= MAX_QUESTIONS) return Promise.reject(new Error('too many questions are open'));
    const id = `q${this.nextQuestion++}`;
    return new Promise((resolve, reject) => {
      const forget = (): void => {
        clearTimeout(timer);
        this.questions.delete(id);
      };
      const timer = setTimeout(() => {
        forget();
        reject(new Error('the client did not answer'));
      }, CLIENT_ANSWER_MS).unref();
      this.questions.set(id, (response) => {
        forget();
        resolve(response);
      });
      if (reply?.write(request(id, method, params)) === true) return;
      forget();
      reject(new Error('the client cannot be asked'));
    });
  }

  /** An answer of the client; one that belongs to no question is dropped. */
  answered(response: RpcResponse): void {
    this.questions.get(String(response.id))?.(response);
  }

  end(): void {
    this.bridge.subscriptions.remove(this);
    for (const { call, reply } of this.calls.values()) {
      call.cancel('the session ended');
      reply.end();
    }
    this.calls.clear();
    this.stream?.end();
    this.stopOwn?.();
  }

  private newestReply(): HttpReply | undefined {
    return [...this.calls.values()].at(-1)?.reply;
  }
}
