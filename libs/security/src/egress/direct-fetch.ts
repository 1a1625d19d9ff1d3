import { OutboundFailure } from './errors';
import { outboundFailure } from './exchange';
import { type Outbound } from './outbound';
import { type OutboundController, type OutboundHandler, type OutboundTarget } from './outbound-request';

/** The part of `fetch` that messages need: text in, bytes out, no redirect, no decoding, no web streams. */
export type DirectFetch = (url: string, init: DirectRequest) => Promise<DirectAnswer>;

export interface DirectRequest {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal: AbortSignal;
}

export interface DirectAnswer {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  readonly body: AsyncIterable<Uint8Array>;
  cancel(): void;
  /** The rest of a body that has come to its end already; undefined while more may come. */
  rest(): readonly Uint8Array[] | undefined;
}

/** Read ahead of a slow reader; beyond it the connection is paused. */
const MAX_AHEAD_BYTES = 256 * 1_024;
/** Addresses taken apart once; forgotten all together, which costs less than to remember which was used when. */
const MAX_TARGETS = 1_000;

/** Calls and streams have connections of their own: streams stay open, and would keep calls waiting. */
export function directFetch(calls: Outbound, streams: Outbound): DirectFetch {
  const targets = new Map<string, OutboundTarget>();
  const targetOf = (url: string): OutboundTarget => {
    const known = targets.get(url);
    if (known !== undefined) return known;
    const target = calls.target(url);
    if (targets.size >= MAX_TARGETS) targets.clear();
    targets.set(url, target);
    return target;
  };
  return async (url, { method, headers, body, signal }) => {
    if (method !== 'GET' && method !== 'POST' && method !== 'DELETE')
      throw new TypeError(`${method} is no method of messages`);
    const outbound = method === 'GET' ? streams : calls;
    const exchange = new DirectExchange(signal);
    const request = {
      method,
      headers: pairsOf(headers),
      body: body === undefined ? null : Buffer.from(body),
    } as const;
    outbound.dispatch(targetOf(url), request, exchange);
    return await exchange.answer;
  };
}

/** By the object that callers send again and again; nobody changes it, nor what is made of it. */
const PAIRS = new WeakMap<object, string[]>();

function pairsOf(headers: DirectRequest['headers']): string[] {
  const known = PAIRS.get(headers);
  if (known !== undefined) return known;
  const pairs = ['accept-encoding', 'identity'];
  for (const name in headers) if (name !== 'accept-encoding') pairs.push(name, headers[name] ?? '');
  PAIRS.set(headers, pairs);
  return pairs;
}

type Piece = IteratorResult<Uint8Array, undefined>;
const END: Piece = { done: true, value: undefined };

interface Reader {
  resolve(piece: Piece): void;
  reject(error: unknown): void;
}

/** One request: its own answer, its own body and the iterator over it, so that little is made for each. */
class DirectExchange implements OutboundHandler, DirectAnswer, AsyncIterator<Uint8Array, undefined> {
  readonly answer: Promise<DirectAnswer>;
  status = 0;
  readonly headers = { get: (name: string): string | null => this.header(name) };
  readonly body = { [Symbol.asyncIterator]: (): AsyncIterator<Uint8Array, undefined> => this };
  private received: Readonly<Record<string, string | string[] | undefined>> = {};
  private begin: (answer: DirectAnswer) => void = () => undefined;
  private fail: (error: unknown) => void = () => undefined;
  private controller: OutboundController | undefined;
  private pieces: Uint8Array[] = [];
  private ahead = 0;
  private reader: Reader | undefined;
  private hasEnded = false;
  private error: Error | undefined;

  constructor(private readonly signal: AbortSignal) {
    this.answer = new Promise((resolve, reject) => {
      this.begin = resolve;
      this.fail = reject;
    });
  }

  onRequestStart(controller: OutboundController): void {
    this.controller = controller;
    if (this.signal.aborted) this.onAbort();
    else this.signal.addEventListener('abort', this.onAbort, { once: true });
  }

  onResponseStart(
    _controller: OutboundController,
    status: number,
    headers: Readonly<Record<string, string | string[] | undefined>>,
  ): void {
    // 1xx: the answer is still to come.
    if (status < 200) return;
    this.status = status;
    this.received = headers;
    const encoding = this.header('content-encoding') ?? 'identity';
    if (encoding === 'identity') this.begin(this);
    // Nothing that is packed was asked for; unpacking what a stranger forces on us is how bombs work.
    else this.controller?.abort(new OutboundFailure('http', 'UNKNOWN_CONTENT_ENCODING'));
  }

  onResponseData(controller: OutboundController, chunk: Buffer): void {
    if (this.reader !== undefined) {
      this.settle({ done: false, value: chunk });
      return;
    }
    this.pieces.push(chunk);
    this.ahead += chunk.length;
    if (this.ahead > MAX_AHEAD_BYTES) controller.pause();
  }

  onResponseEnd(): void {
    this.finish();
    this.settle(END);
  }

  onResponseError(_controller: OutboundController, error: Error): void {
    this.finish();
    this.error = asError(this.signal.aborted ? this.signal.reason : outboundFailure(error));
    this.fail(this.error);
    const { reader } = this;
    this.reader = undefined;
    reader?.reject(this.error);
  }

  next(): Promise<Piece> {
    const value = this.pieces.shift();
    if (value !== undefined) {
      this.ahead -= value.length;
      if (this.ahead <= MAX_AHEAD_BYTES && this.controller?.paused === true) this.controller.resume();
      return Promise.resolve({ done: false, value });
    }
    if (this.error !== undefined) return Promise.reject(this.error);
    if (this.hasEnded) return Promise.resolve(END);
    return new Promise((resolve, reject) => {
      this.reader = { resolve, reject };
    });
  }

  return(): Promise<Piece> {
    this.cancel();
    return Promise.resolve(END);
  }

  cancel(): void {
    this.pieces = [];
    if (!this.hasEnded) this.controller?.abort(new OutboundFailure('http', 'GIVEN_UP'));
  }

  rest(): readonly Uint8Array[] | undefined {
    if (!this.hasEnded || this.error !== undefined) return undefined;
    const { pieces } = this;
    this.pieces = [];
    return pieces;
  }

  private header(name: string): string | null {
    const value = this.received[name];
    return typeof value === 'object' ? value.join(', ') : (value ?? null);
  }

  private settle(piece: Piece): void {
    const { reader } = this;
    this.reader = undefined;
    reader?.resolve(piece);
  }

  private finish(): void {
    this.hasEnded = true;
    this.signal.removeEventListener('abort', this.onAbort);
  }

  private readonly onAbort = (): void => {
    this.controller?.abort(asError(this.signal.reason));
  };
}

const asError = (reason: unknown): Error =>
  reason instanceof Error ? reason : new Error('given up', { cause: reason });
