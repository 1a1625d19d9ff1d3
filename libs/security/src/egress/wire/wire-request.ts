import { type OutboundController, type OutboundHandler } from '../outbound-request';
import { type ResponseHead } from './response-head';
import { type ResponseListener } from './response-reader';

/** What carries a request. */
export interface Carrier {
  pause(): void;
  resume(): void;
  /** The answer is not wanted any more: what was begun cannot be used again. */
  giveUp(): void;
  /** The answer is whole. Of the request nothing is read any more after this, sent or not. */
  finished(keepAliveMs: number): void;
}

/** One request on its way: waiting, carried, over. Its handler is told of the end exactly once. */
export class WireRequest implements OutboundController, ResponseListener {
  aborted = false;
  paused = false;
  reason: Error | null = null;
  private carrier: Carrier | undefined = undefined;
  private keepAliveMs = 0;
  private isOver = false;

  constructor(
    readonly head: string,
    readonly body: Buffer | null,
    private readonly handler: OutboundHandler,
  ) {}

  /** False when nobody wants it any more. */
  begin(carrier: Carrier): boolean {
    if (this.isOver) return false;
    this.carrier = carrier;
    this.handler.onRequestStart?.(this, undefined);
    return !this.aborted;
  }

  get isWanted(): boolean {
    return !this.isOver;
  }

  abort(reason: Error): void {
    if (this.isOver) return;
    this.aborted = true;
    this.reason = reason;
    this.carrier?.giveUp();
    this.fail(reason);
  }

  pause(): void {
    if (this.isOver || this.paused) return;
    this.paused = true;
    this.carrier?.pause();
  }

  resume(): void {
    if (!this.paused) return;
    this.paused = false;
    if (!this.isOver) this.carrier?.resume();
  }

  onHead({ status, headers, keepAliveMs }: ResponseHead): void {
    this.keepAliveMs = keepAliveMs;
    this.handler.onResponseStart?.(this, status, headers);
  }

  onBody(view: Buffer): void {
    const { handler } = this;
    if (handler.onResponseView === undefined) handler.onResponseData?.(this, Buffer.from(view));
    else handler.onResponseView(this, view);
  }

  onEnd(isClean: boolean): void {
    if (this.isOver) return;
    this.isOver = true;
    // First, so that what the handler does next finds the connection free.
    this.carrier?.finished(isClean ? this.keepAliveMs : 0);
    this.handler.onRequestSpent?.();
    this.handler.onResponseEnd?.(this, {});
  }

  fail(error: Error): void {
    if (this.isOver) return;
    this.isOver = true;
    this.handler.onResponseError?.(this, error);
  }
}
