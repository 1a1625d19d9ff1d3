import { OutboundFailure } from './errors';
import { outboundFailure } from './exchange';
import { type OutboundController, type OutboundHandler } from './outbound-request';

export interface DirectAnswer {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  readonly body: AsyncIterable<Uint8Array>;
  cancel(): void;
  /** What was not read of a body that has come to its end already; undefined while more may come. */
  rest(): readonly Uint8Array[] | undefined;
}

/** Whoever sent. Told once: of the answer, or of what kept it away. */
export interface DirectListener {
  /** The head came. True: to be told when the body is here, too, or as much of it as is read ahead. */
  wantsWhole(answer: DirectAnswer): boolean;
  onAnswer(answer: DirectAnswer): void;
  onError(error: Error): void;
}

/** Read ahead of a slow reader; beyond it the connection is paused. */
const MAX_AHEAD_BYTES = 256 * 1_024;

type Piece = IteratorResult<Uint8Array, undefined>;
const END: Piece = { done: true, value: undefined };

interface Reader {
  resolve(piece: Piece): void;
  reject(error: unknown): void;
}

/** One request: its own answer, its own body and the iterator over it, so that little is made for each. */
export class DirectExchange implements OutboundHandler, DirectAnswer, AsyncIterator<Uint8Array, undefined> {
  status = 0;
  private received: Readonly<Record<string, string | string[] | undefined>> = {};
  private controller: OutboundController | undefined = undefined;
  private signal: AbortSignal | undefined = undefined;
  private onAbort: (() => void) | undefined = undefined;
  /** Why nobody wants it any more, from before there was anything to abort. */
  private givenUp: Error | undefined = undefined;
  private pieces: Uint8Array[] = [];
  private ahead = 0;
  private reader: Reader | undefined = undefined;
  private isTold = false;
  private hasEnded = false;
  private error: Error | undefined = undefined;

  constructor(private readonly listener: DirectListener) {}

  get headers(): this {
    return this;
  }

  get body(): this {
    return this;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** A header of the answer. */
  get(name: string): string | null {
    const value = this.received[name];
    return typeof value === 'object' ? value.join(', ') : (value ?? null);
  }

  /** From now on it ends with the signal. */
  follow(signal: AbortSignal): void {
    if (this.hasEnded) return;
    this.signal = signal;
    this.onAbort = () => {
      this.abort(asError(signal.reason));
    };
    if (signal.aborted) this.onAbort();
    else signal.addEventListener('abort', this.onAbort, { once: true });
  }

  abort(reason: Error): void {
    this.givenUp = reason;
    this.controller?.abort(reason);
  }

  onRequestStart(controller: OutboundController): void {
    this.controller = controller;
    if (this.givenUp !== undefined) controller.abort(this.givenUp);
  }

  onResponseStart(
    _controller: OutboundController,
    status: number,
    headers: Readonly<Record<string, string | string[] | undefined>>,
  ): void {
    // 1xx: the answer is still to come.
    if (status < 200) return;
    this.received = headers;
    const encoding = this.get('content-encoding') ?? 'identity';
    if (encoding !== 'identity') {
      // Nothing that is packed was asked for; unpacking what a stranger forces on us is how bombs work.
      this.abort(new OutboundFailure('http', 'UNKNOWN_CONTENT_ENCODING'));
      return;
    }
    this.status = status;
    if (!this.listener.wantsWhole(this)) this.tell();
  }

  onResponseData(controller: OutboundController, chunk: Buffer): void {
    if (this.reader !== undefined) {
      this.settle({ done: false, value: chunk });
      return;
    }
    this.pieces.push(chunk);
    this.ahead += chunk.length;
    if (this.ahead <= MAX_AHEAD_BYTES) return;
    controller.pause();
    this.tell();
  }

  onResponseEnd(): void {
    this.finish();
    this.settle(END);
    this.tell();
  }

  onResponseError(_controller: OutboundController, error: Error): void {
    this.finish();
    const { signal, reader } = this;
    this.error = asError(signal?.aborted === true ? signal.reason : outboundFailure(error));
    this.reader = undefined;
    reader?.reject(this.error);
    // An answer whose head came breaks while its body is read.
    if (this.status !== 0) this.tell();
    else if (!this.isTold) {
      this.isTold = true;
      this.listener.onError(this.error);
    }
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
    return this.pieces;
  }

  private tell(): void {
    if (this.isTold) return;
    this.isTold = true;
    this.listener.onAnswer(this);
  }

  private settle(piece: Piece): void {
    const { reader } = this;
    this.reader = undefined;
    reader?.resolve(piece);
  }

  private finish(): void {
    this.hasEnded = true;
    if (this.onAbort !== undefined) this.signal?.removeEventListener('abort', this.onAbort);
  }
}

const asError = (reason: unknown): Error =>
  reason instanceof Error ? reason : new Error('given up', { cause: reason });
