import { McpError, type McpErrorOptions, McpProtocolError } from '../errors';
import { readChallenge } from '../wire/challenge';
import { asMessage, isFailure, type RpcFailure, type RpcMessage } from '../wire/json-rpc';
import { MAX_MESSAGE_BYTES } from '../wire/protocol';
import { type SseEvent, SseTooLongError } from '../wire/sse';
import { abandon, drain, readEvents, readText } from './http-body';
import { networkError } from './network-error';
import { refusalError } from './refusal';
import {
  type McpAuth,
  type McpFetch,
  type McpFetchAnswer,
  type McpFetchListener,
  type McpFetchStarted,
} from './session';

export interface LinkOptions {
  readonly url: string;
  readonly fetch: McpFetch;
  readonly headers: Readonly<Record<string, string>>;
  readonly auth: McpAuth | undefined;
  readonly serverName: string;
}

export interface LinkRequest {
  readonly method: 'POST' | 'GET' | 'DELETE';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly url?: string;
  readonly signal: AbortSignal;
}

/** Where a stream stands, for coming back to it. */
export interface StreamPosition {
  lastEventId?: string;
  retryMs?: number;
}

/** An answer with a status below 300. */
export interface LinkAnswer {
  readonly status: number;
  readonly sessionId: string | undefined;
  readonly isStream: boolean;
  /** Gives each JSON-RPC message of the body to `take` until it has enough; false when the body ended first. */
  read(take: (message: RpcMessage) => boolean, position?: StreamPosition): Promise<boolean>;
  /** The same for the bare events of a stream. */
  readEvents(take: (event: SseEvent) => boolean): Promise<boolean>;
  /** Lets go of a body that says nothing of interest, whatever it is. */
  discard(): Promise<void>;
}

/** An answer with any other status, kept until somebody knows what it means. */
export class LinkRefusedError extends Error {
  constructor(
    readonly status: number,
    readonly body: RpcFailure | undefined,
    readonly retryAfter: string | null,
  ) {
    super(`status ${status}`);
  }
}

const ACCEPT = 'application/json, text/event-stream';
const EVENT_STREAM = /^text\/event-stream\b/i;
const JSON_TYPE = /^application\/(?:[a-z.+-]+\+)?json\b/i;
/** A second 401 is final; more scope may be asked for twice. */
const RENEWALS = { 401: 1, 403: 2 };
/** Enough for a JSON-RPC error; the rest of an error page tells nothing. */
const MAX_REFUSAL_BYTES = 64 * 1024;

/** One HTTP address of one server, with its credentials: everything above speaks messages, everything below bytes. */
export class HttpLink {
  /** Made once: these go with every request. */
  private readonly headers: Readonly<Record<LinkRequest['method'], Readonly<Record<string, string>>>>;

  private readonly posts = new WeakMap<object, Readonly<Record<string, string>>>();

  constructor(readonly options: LinkOptions) {
    const { headers } = options;
    const post = { ...headers, accept: ACCEPT, 'content-type': 'application/json' };
    this.headers = { POST: post, GET: { ...headers, accept: 'text/event-stream' }, DELETE: { ...headers } };
  }

  /** Sends; refused credentials are renewed. Throws `LinkRefusedError` and network errors. */
  async send(request: LinkRequest): Promise<LinkAnswer> {
    const { auth } = this.options;
    if (auth === undefined) return this.accept(await this.exchange(request, undefined), request.signal);
    let authorization = await auth.authorization(request.signal);
    let answer = await this.exchange(request, authorization);
    for (const left = { ...RENEWALS }; isRenewable(answer, left);) {
      left[answer.status] -= 1;
      const challenge = readChallenge(answer.status, answer.headers.get('www-authenticate'));
      if (challenge.status === 403 && challenge.error !== 'insufficient_scope') break;
      const renewed = await auth.renew(authorization, challenge);
      if (renewed === undefined || renewed === authorization) break;
      await drain(answer);
      authorization = renewed;
      answer = await this.exchange(request, authorization);
    }
    return this.accept(answer, request.signal);
  }

  /** Credentials have to be asked for, and that is waited for. */
  get canStart(): boolean {
    return this.options.auth === undefined && this.options.fetch.start !== undefined;
  }

  /** Posts without a promise. Whatever keeps the answer away, the listener is told. */
  start(
    { headers, body }: Required<Pick<LinkRequest, 'headers' | 'body'>>,
    listener: McpFetchListener,
  ): McpFetchStarted | undefined {
    const { url, fetch } = this.options;
    try {
      return fetch.start?.(url, { method: 'POST', headers: this.joined('POST', headers), body }, listener);
    } catch (error) {
      listener.onError(error);
      return undefined;
    }
  }

  /** Of what `start` was told. */
  networkError(error: unknown): Error {
    return networkError(error, this.about);
  }

  /** What a refusal means when nobody above could use it. */
  failureOf(error: unknown): unknown {
    return error instanceof LinkRefusedError ? refusalError(error, this.about) : error;
  }

  get about(): McpErrorOptions {
    return { serverName: this.options.serverName };
  }

  private async exchange(request: LinkRequest, authorization: string | undefined): Promise<McpFetchAnswer> {
    const { url, fetch } = this.options;
    const { method, body, signal } = request;
    const joined = this.joined(method, request.headers);
    const headers = authorization === undefined ? joined : { ...joined, authorization };
    try {
      return await fetch(request.url ?? url, {
        method,
        headers,
        ...(body === undefined ? {} : { body }),
        signal,
        redirect: 'manual',
      });
    } catch (error) {
      signal.throwIfAborted();
      throw networkError(error, this.about);
    }
  }

  /** Channels send the same object with each request, and joining is slow. */
  private joined(
    method: LinkRequest['method'],
    more: LinkRequest['headers'],
  ): Readonly<Record<string, string>> {
    if (more === undefined) return this.headers[method];
    if (method !== 'POST') return { ...this.headers[method], ...more };
    const known = this.posts.get(more);
    if (known !== undefined) return known;
    const made = { ...this.headers.POST, ...more };
    this.posts.set(more, made);
    return made;
  }

  /** Throws `LinkRefusedError`. */
  async accept(answer: McpFetchAnswer, signal: AbortSignal): Promise<LinkAnswer> {
    const { status, headers } = answer;
    if (status < 200 || status >= 300) {
      const text = await readText(answer, MAX_REFUSAL_BYTES).catch(() => '');
      throw new LinkRefusedError(status, asFailure(text), headers.get('retry-after'));
    }
    const type = headers.get('content-type') ?? '';
    const isStream = EVENT_STREAM.test(type);
    return {
      status,
      sessionId: headers.get('mcp-session-id') ?? undefined,
      isStream,
      read: (take, position) =>
        this.reading(signal, () =>
          isStream ? this.streamed(answer, take, position) : this.single(answer, type, take),
        ),
      readEvents: (take) => this.reading(signal, () => readEvents(answer, take)),
      discard: async () => {
        if (isStream) abandon(answer);
        else await drain(answer);
      },
    };
  }

  private streamed(
    answer: McpFetchAnswer,
    take: (message: RpcMessage) => boolean,
    position: StreamPosition = {},
  ): Promise<boolean> {
    return readEvents(answer, ({ event, data, id, retryMs }) => {
      if (id !== undefined) position.lastEventId = id;
      if (retryMs !== undefined) position.retryMs = retryMs;
      return event === 'message' && data !== '' && take(this.message(data));
    });
  }

  private async single(
    answer: McpFetchAnswer,
    type: string,
    take: (message: RpcMessage) => boolean,
  ): Promise<boolean> {
    if (answer.status === 202 || answer.status === 204) {
      await drain(answer);
      return false;
    }
    if (!JSON_TYPE.test(type))
      throw this.broken(`it answered with ${type === '' ? 'no content type' : `"${type.slice(0, 80)}"`}`);
    const text = await readText(answer, MAX_MESSAGE_BYTES);
    return text.trim() !== '' && take(this.message(text));
  }

  private async reading(signal: AbortSignal, read: () => Promise<boolean>): Promise<boolean> {
    try {
      return await read();
    } catch (error) {
      throw this.readError(error, signal);
    }
  }

  private message(text: string): RpcMessage {
    const message = asMessage(parseJson(text));
    if (message === undefined) throw this.broken('its answer is not a JSON-RPC message');
    return message;
  }

  private readError(error: unknown, signal: AbortSignal): unknown {
    if (error instanceof SseTooLongError) return this.broken(error.message);
    if (error instanceof McpError) return error;
    // An abort keeps its own reason; whoever set the deadline turns it into words.
    return signal.aborted ? signal.reason : networkError(error, this.about);
  }

  private broken(what: string): McpProtocolError {
    return new McpProtocolError(
      `"${this.options.serverName}" broke the protocol: ${what}.`,
      'mcp',
      this.about,
    );
  }
}

const isRenewable = (
  answer: McpFetchAnswer,
  left: typeof RENEWALS,
): answer is McpFetchAnswer & { readonly status: keyof typeof RENEWALS } =>
  (answer.status === 401 || answer.status === 403) && left[answer.status] > 0;

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Judged by the caller, who knows where the text came from.
    return undefined;
  }
}

function asFailure(text: string): RpcFailure | undefined {
  const message = asMessage(parseJson(text));
  return message !== undefined && isFailure(message) ? message : undefined;
}
