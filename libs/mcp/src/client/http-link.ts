import { McpError, type McpErrorOptions, McpProtocolError } from '../errors';
import { asMessage, isFailure, type RpcFailure, type RpcMessage } from '../wire/json-rpc';
import { MAX_MESSAGE_BYTES } from '../wire/protocol';
import { readSse, SseTooLongError } from '../wire/sse';
import { networkError } from './network-error';
import { refusalError } from './refusal';
import { type McpAuth, type McpFetch, type McpFetchAnswer } from './session';

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

/** An answer with a status below 300. */
export interface LinkAnswer {
  readonly status: number;
  readonly sessionId: string | undefined;
  readonly isStream: boolean;
  /** The JSON-RPC messages of the body, one or many; ends with the body. */
  messages(): AsyncGenerator<RpcMessage, void, void>;
  events(): ReturnType<typeof readSse>;
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
/** Enough for a JSON-RPC error; the rest of an error page tells nothing. */
const MAX_REFUSAL_BYTES = 64 * 1024;

/** One HTTP address of one server, with its credentials: everything above speaks messages, everything below bytes. */
export class HttpLink {
  constructor(readonly options: LinkOptions) {}

  /** Sends; a 401 is answered once with a renewed credential. Throws `LinkRefusedError` and network errors. */
  async send(request: LinkRequest): Promise<LinkAnswer> {
    const { auth } = this.options;
    const authorization = await auth?.authorization(request.signal);
    const answer = await this.exchange(request, authorization);
    if (answer.status !== 401 || auth === undefined) return this.accept(answer, request.signal);
    const renewed = await auth.renew(authorization);
    if (renewed === undefined || renewed === authorization) return this.accept(answer, request.signal);
    await drain(answer);
    return this.accept(await this.exchange(request, renewed), request.signal);
  }

  /** What a refusal means when nobody above could use it. */
  failureOf(error: unknown): unknown {
    return error instanceof LinkRefusedError ? refusalError(error, this.about) : error;
  }

  get about(): McpErrorOptions {
    return { serverName: this.options.serverName };
  }

  private async exchange(request: LinkRequest, authorization: string | undefined): Promise<McpFetchAnswer> {
    const { url, fetch, headers } = this.options;
    try {
      return await fetch(request.url ?? url, {
        method: request.method,
        headers: {
          ...headers,
          accept: request.method === 'GET' ? 'text/event-stream' : ACCEPT,
          ...(request.body === undefined ? {} : { 'content-type': 'application/json' }),
          ...request.headers,
          ...(authorization === undefined ? {} : { authorization }),
        },
        ...(request.body === undefined ? {} : { body: request.body }),
        signal: request.signal,
        redirect: 'manual',
      });
    } catch (error) {
      request.signal.throwIfAborted();
      throw networkError(error, this.about);
    }
  }

  private async accept(answer: McpFetchAnswer, signal: AbortSignal): Promise<LinkAnswer> {
    if (answer.status < 200 || answer.status >= 300) {
      const text = await readText(answer, MAX_REFUSAL_BYTES).catch(() => '');
      throw new LinkRefusedError(answer.status, asFailure(text), answer.headers.get('retry-after'));
    }
    const type = answer.headers.get('content-type') ?? '';
    const isStream = /^text\/event-stream\b/i.test(type);
    const sessionId = answer.headers.get('mcp-session-id') ?? undefined;
    const events = (): ReturnType<typeof readSse> => readSse(answer.body ?? nothing(), MAX_MESSAGE_BYTES);
    const messages = (): AsyncGenerator<RpcMessage, void, void> =>
      isStream ? this.streamed(events(), signal) : this.single(answer, type, signal);
    const discard = (): Promise<void> => (isStream ? abandon(answer) : drain(answer));
    return { status: answer.status, sessionId, isStream, messages, events, discard };
  }

  private async *streamed(
    events: ReturnType<typeof readSse>,
    signal: AbortSignal,
  ): AsyncGenerator<RpcMessage, void, void> {
    try {
      for await (const { event, data } of events) {
        if (event === 'message' && data !== '') yield this.message(data);
      }
    } catch (error) {
      throw this.readError(error, signal);
    }
  }

  private async *single(
    answer: McpFetchAnswer,
    type: string,
    signal: AbortSignal,
  ): AsyncGenerator<RpcMessage, void, void> {
    if (answer.status === 202 || answer.status === 204) {
      await drain(answer);
      return;
    }
    if (!/^application\/(?:[a-z.+-]+\+)?json\b/i.test(type))
      throw this.broken(`it answered with ${type === '' ? 'no content type' : `"${type.slice(0, 80)}"`}`);
    let text: string;
    try {
      text = await readText(answer, MAX_MESSAGE_BYTES);
    } catch (error) {
      throw this.readError(error, signal);
    }
    if (text.trim() !== '') yield this.message(text);
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

async function* nothing(): AsyncGenerator<Uint8Array, void, void> {
  // A body that is not there has no bytes.
}

async function readText(answer: McpFetchAnswer, maxBytes: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of answer.body ?? nothing()) {
    size += chunk.length;
    if (size > maxBytes) throw new SseTooLongError(`its answer is longer than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Reads what is left, so that the connection can be used again. */
async function drain(answer: McpFetchAnswer): Promise<void> {
  await readText(answer, MAX_REFUSAL_BYTES).catch(() => '');
}

/** A stream may never end by itself. */
async function abandon(answer: McpFetchAnswer): Promise<void> {
  await answer.body?.[Symbol.asyncIterator]().return?.();
}

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
