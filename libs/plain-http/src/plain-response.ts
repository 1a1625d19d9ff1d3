import { EventEmitter } from 'node:events';
import { STATUS_CODES } from 'node:http';
import { type Socket } from 'node:net';
import { type RawResponse } from './raw-exchange';
import { AnswerHead, dateLine } from './answer-head';

/** Head and a short piece leave as one text, in one write; latin1 keeps each byte what it is. */
const ONE_TEXT_MAX_BYTES = 8 * 1_024;
const LAST_CHUNK = '0\r\n\r\n';
const BODILESS: ReadonlySet<number> = new Set([204, 304]);

/** Whose answer it is. */
export interface AnswerOwner {
  readonly connectionLines: string;
  /** The request was read to its end, and nothing came behind it. */
  readonly isQuiet: boolean;
  /** Its head is written: it is an answer of ours. */
  onBegun(): void;
  /** All of it was written, and the connection may be used again. */
  onAnswered(): void;
}

/** The answer to a request that was read by us: as long as its head says, or in chunks. */
export class PlainResponse extends EventEmitter implements RawResponse {
  destroyed = false;
  headersSent = false;
  writableEnded = false;
  writableFinished = false;
  private readonly set = new AnswerHead();
  /** Written, but not sent: it leaves with the first piece. */
  private head: string | undefined = undefined;
  /** What is still to come of a body whose length was told. */
  private left = 0;
  private isChunked = false;
  private isElsewhere = false;

  constructor(
    private readonly socket: Socket,
    private readonly owner: AnswerOwner,
  ) {
    super();
  }

  get writableLength(): number {
    return this.socket.writableLength;
  }

  get writableNeedDrain(): boolean {
    return this.socket.writableNeedDrain;
  }

  setHeader(name: string, value: string): this {
    this.set.add(name, value);
    return this;
  }

  writeHead(status: number, headers: string[] | Record<string, string | number> = []): this {
    if (this.headersSent) throw new Error('The head of the answer was written already.');
    const text = this.set.finish(headers);
    const length = this.set.contentLength;
    this.headersSent = true;
    this.isChunked = length === undefined && !BODILESS.has(status);
    this.left = length ?? 0;
    const framing = this.isChunked ? 'transfer-encoding: chunked\r\n' : '';
    const behind = `${framing}${dateLine()}${this.owner.connectionLines}`;
    this.head = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${text}${behind}\r\n`;
    this.owner.onBegun();
    return this;
  }

  flushHeaders(): void {
    if (this.destroyed) return;
    if (!this.headersSent) this.writeHead(200);
    if (this.head !== undefined) this.send('', 'latin1');
  }

  write(chunk: Buffer | string, encoding: BufferEncoding = 'utf8'): boolean {
    if (this.writableEnded || this.destroyed) return false;
    if (!this.headersSent) this.writeHead(200);
    const size = Buffer.byteLength(chunk, encoding);
    if (size === 0) return !this.writableNeedDrain;
    if (!this.isChunked) return this.writeCounted(chunk, encoding, size);
    this.head = `${this.takeHead()}${size.toString(16)}\r\n`;
    this.send(chunk, encoding, '\r\n');
    return !this.writableNeedDrain;
  }

  end(chunk: Buffer | string = '', encoding: BufferEncoding = 'utf8'): this {
    if (this.writableEnded || this.destroyed) return this;
    if (!this.headersSent)
      this.writeHead(200, ['content-length', String(Buffer.byteLength(chunk, encoding))]);
    this.writableEnded = true;
    if (this.isChunked) this.endChunks(chunk, encoding);
    else if (!this.endCounted(chunk, encoding)) return this;
    this.finishWhenSent();
    return this;
  }

  destroy(): this {
    // Where somebody else answers on it, the connection is not ours to end.
    if (!this.isElsewhere) this.socket.destroy();
    return this;
  }

  /** Somebody else answers this request: what is said here goes nowhere. */
  leave(): void {
    this.isElsewhere = true;
    this.destroyed = true;
  }

  /** The connection is gone. */
  lose(): void {
    if (this.destroyed) return;
    this.destroyed = true;
    this.emit('close');
  }

  finish(): void {
    if (this.destroyed) return;
    this.writableFinished = true;
    this.destroyed = true;
    this.emit('close');
    this.owner.onAnswered();
  }

  private writeCounted(chunk: Buffer | string, encoding: BufferEncoding, size: number): boolean {
    this.left -= size;
    if (this.left < 0) {
      this.destroy();
      return false;
    }
    this.send(chunk, encoding);
    return !this.writableNeedDrain;
  }

  private endChunks(chunk: Buffer | string, encoding: BufferEncoding): void {
    const size = Buffer.byteLength(chunk, encoding);
    if (size > 0) this.head = `${this.takeHead()}${size.toString(16)}\r\n`;
    this.send(chunk, encoding, size > 0 ? `\r\n${LAST_CHUNK}` : LAST_CHUNK);
  }

  /** False for a body that is not as long as was said: what follows it would be read as part of it, or it of what follows. */
  private endCounted(chunk: Buffer | string, encoding: BufferEncoding): boolean {
    this.left -= Buffer.byteLength(chunk, encoding);
    if (this.left === 0) this.send(chunk, encoding);
    else this.destroy();
    return this.left === 0;
  }

  private finishWhenSent(): void {
    if (this.socket.writableLength > 0)
      this.socket.write('', () => {
        this.finish();
      });
    // Mostly nobody waits to be told, and nothing is there to go on with: then later would be no different.
    else if (this.owner.isQuiet && this.listenerCount('close') === 0) this.finish();
    else process.nextTick(finish, this);
  }

  private takeHead(): string {
    const { head = '' } = this;
    this.head = undefined;
    return head;
  }

  /** Everything that is there, in one write where it is short. */
  private send(chunk: Buffer | string, encoding: BufferEncoding, behind = ''): void {
    const { socket } = this;
    const head = this.takeHead();
    const isText = typeof chunk === 'string' && (encoding === 'latin1' || this.set.isAscii);
    if (isText) {
      const text = head + chunk + behind;
      if (text !== '') socket.write(text, encoding);
    } else if (typeof chunk !== 'string' && chunk.length <= ONE_TEXT_MAX_BYTES) {
      socket.write(head + chunk.toString('latin1') + behind, 'latin1');
    } else {
      socket.cork();
      if (head !== '') socket.write(head, 'latin1');
      socket.write(chunk, encoding);
      if (behind !== '') socket.write(behind, 'latin1');
      socket.uncork();
    }
  }
}

const finish = (response: PlainResponse): void => {
  response.finish();
};
