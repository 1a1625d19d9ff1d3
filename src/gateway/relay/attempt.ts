import { type IncomingHttpHeaders } from 'node:http';
import { type OutboundController, type OutboundHandler } from '@app/security';
import { gather, GATHERED_MAX_BYTES, gatheredBodies } from '../faces/gathered-bodies';

/** Whoever asked the upstream. */
export interface AttemptOwner {
  /** The head of the answer came. True: its body is wanted piece by piece; false: whole. */
  takesPieces(attempt: Attempt): boolean;
  /** False once a whole body is too long to wait for; the owner then gets its pieces, the ones so far first. */
  onPiece(attempt: Attempt, piece: Buffer): void;
  /** A body that was wanted whole is longer than the limit: true to get it in pieces after all. */
  onLong(attempt: Attempt): boolean;
  onEnd(attempt: Attempt, body: Buffer): void;
  onFailure(attempt: Attempt, error: unknown): void;
}

const NOTHING = Buffer.alloc(0);

/** One request to an upstream and what comes back. After `drop` nothing is heard of it any more. */
export class Attempt implements OutboundHandler {
  status = 0;
  headers: IncomingHttpHeaders = {};
  /** The request was being written: it may have begun to run. */
  isSent = false;
  /** What was sent is not read by anybody any more. */
  isSpent = false;
  private controller: OutboundController | undefined = undefined;
  private isDropped = false;
  private inPieces = false;
  /** For a body that comes in pieces and says how long it gets: each is put where it belongs. */
  private whole: Buffer | undefined = undefined;
  private first: Buffer | undefined = undefined;
  private more: Buffer[] | undefined = undefined;
  private size = 0;

  constructor(private readonly owner: AttemptOwner) {}

  drop(): void {
    if (this.isDropped) return;
    this.isDropped = true;
    this.controller?.abort(new Error('nobody waits for the answer'));
  }

  pause(): void {
    this.controller?.pause();
  }

  resume(): void {
    this.controller?.resume();
  }

  onRequestStart(controller: OutboundController): void {
    this.controller = controller;
    if (this.isDropped) controller.abort(new Error('nobody waits for the answer'));
    else this.isSent = true;
  }

  onRequestSpent(): void {
    this.isSpent = true;
  }

  onResponseStart(_controller: OutboundController, status: number, headers: IncomingHttpHeaders): void {
    // Interim answers say nothing; the real one follows.
    if (status < 200 || this.isDropped) return;
    this.status = status;
    this.headers = headers;
    this.inPieces = this.owner.takesPieces(this);
  }

  onResponseData(_controller: OutboundController, chunk: Buffer): void {
    if (this.isDropped) return;
    if (this.inPieces) {
      this.owner.onPiece(this, chunk);
      return;
    }
    this.size += chunk.length;
    if (this.first === undefined) this.first = chunk;
    else (this.more ??= [this.first]).push(chunk);
    if (this.size > GATHERED_MAX_BYTES) this.outgrow();
  }

  onResponseView(controller: OutboundController, view: Buffer): void {
    if (this.isDropped) return;
    if (this.size === 0 && !this.inPieces) this.whole = this.roomBeyond(view.length);
    if (this.whole === undefined) this.onResponseData(controller, Buffer.from(view));
    else this.size += view.copy(this.whole, this.size);
  }

  onResponseEnd(): void {
    if (this.isDropped) return;
    this.isDropped = true;
    this.owner.onEnd(this, this.gathered());
  }

  onResponseError(_controller: OutboundController, error: Error): void {
    if (this.isDropped) return;
    this.isDropped = true;
    this.owner.onFailure(this, error);
  }

  private outgrow(): void {
    const pieces = this.more ?? [];
    if (!this.owner.onLong(this)) return;
    this.inPieces = true;
    this.first = undefined;
    this.more = undefined;
    for (const piece of pieces) this.owner.onPiece(this, piece);
  }

  private roomBeyond(came: number): Buffer | undefined {
    const length = Number(this.headers['content-length']);
    return length > came && length <= GATHERED_MAX_BYTES ? gatheredBodies.take(length) : undefined;
  }

  private gathered(): Buffer {
    const { whole, first = NOTHING, more, size } = this;
    if (whole !== undefined) return whole;
    return more === undefined ? first : gather(more, size);
  }
}
