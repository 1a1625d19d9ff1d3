import { RecentReadings } from '@app/kernel';
import { ChunkedBody } from './chunked-body';
import { readHead, type ResponseHead } from './response-head';
import { connectionClosed, WireFault } from './wire-fault';

export interface ResponseListener {
  onHead(head: ResponseHead): void;
  /** The bytes may be overwritten afterwards. */
  onBody(bytes: Buffer): void;
  /** `isClean`: nothing came behind the answer, as it has to be. */
  onEnd(isClean: boolean): void;
}

const HEAD_MAX_BYTES = 32 * 1_024;
const HEAD_END = '\r\n\r\n';
const NOTHING = Buffer.alloc(0);
const CONTINUE = 100;
const SWITCHING = 101;

/** One answer after another out of the bytes of a connection, each begun by `expect`. Throws a `WireFault` at improper ones. */
export class ResponseReader {
  private listener: ResponseListener | undefined = undefined;
  private head: ResponseHead | undefined = undefined;
  /** A server that answers the same kind of thing again says the same head again. */
  private readonly heads = new RecentReadings(readHead);
  private pending: Buffer = NOTHING;
  private left = 0;
  private chunks: ChunkedBody | undefined = undefined;
  private isOver = false;

  expect(listener: ResponseListener): void {
    this.listener = listener;
    this.isOver = false;
  }

  /** Nothing is told any more. */
  stop(): void {
    this.listener = undefined;
  }

  /** `bytes` may be overwritten afterwards. */
  push(bytes: Buffer): void {
    if (this.listener === undefined)
      throw new WireFault('HPE_UNEXPECTED_CONTENT', 'bytes that nobody asked for');
    let at = 0;
    while (at < bytes.length && !this.isOver) {
      at = this.head === undefined ? this.takeHead(bytes, at) : this.takeBody(bytes, at);
      // Whoever listens may have given up meanwhile.
      if (!this.isListenedTo) return;
    }
    if (this.isOver) this.finish(at === bytes.length);
  }

  /** The other side will send no more. */
  end(): void {
    if (this.listener === undefined) return;
    if (this.head?.framing !== 'until-close') throw connectionClosed();
    this.finish(true);
  }

  private get isListenedTo(): boolean {
    return this.listener !== undefined;
  }

  private takeHead(bytes: Buffer, at: number): number {
    const { pending } = this;
    const all = pending.length === 0 ? bytes.subarray(at) : Buffer.concat([pending, bytes.subarray(at)]);
    const end = all.indexOf(HEAD_END, Math.max(0, pending.length - HEAD_END.length), 'latin1');
    if ((end === -1 ? all.length : end) > HEAD_MAX_BYTES)
      throw new WireFault('UND_ERR_HEADERS_OVERFLOW', 'the head is too long');
    if (end === -1) {
      this.pending = pending.length === 0 ? Buffer.from(all) : all;
      return bytes.length;
    }
    this.pending = NOTHING;
    this.begin(this.heads.of(all.toString('latin1', 0, end)));
    // What is behind the head lies at the end of both.
    return bytes.length - (all.length - end - HEAD_END.length);
  }

  private begin(head: ResponseHead): void {
    const { status, framing } = head;
    if (status === SWITCHING) throw new WireFault('UND_ERR_SOCKET', 'bad upgrade');
    // Interim answers say nothing; the real one follows.
    if (status >= CONTINUE && status < 200) return;
    this.head = head;
    this.left = typeof framing === 'number' ? framing : 0;
    this.chunks = framing === 'chunked' ? new ChunkedBody() : undefined;
    this.isOver = framing === 'none' || framing === 0;
    this.listener?.onHead(head);
  }

  private takeBody(bytes: Buffer, at: number): number {
    if (this.chunks !== undefined) return this.takeChunks(this.chunks, bytes, at);
    const isCounted = this.head?.framing !== 'until-close';
    const end = isCounted ? Math.min(bytes.length, at + this.left) : bytes.length;
    this.left -= end - at;
    this.isOver = isCounted && this.left === 0;
    this.listener?.onBody(bytes.subarray(at, end));
    return end;
  }

  private takeChunks(chunks: ChunkedBody, bytes: Buffer, from: number): number {
    const at = chunks.push(bytes, from, this.onChunk);
    this.isOver = chunks.isDone;
    return at;
  }

  private readonly onChunk = (data: Buffer): void => {
    this.listener?.onBody(data);
  };

  private finish(isClean: boolean): void {
    const { listener } = this;
    this.head = undefined;
    this.chunks = undefined;
    this.listener = undefined;
    listener?.onEnd(isClean);
  }
}
