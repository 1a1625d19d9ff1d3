import { type Socket } from 'node:net';
import { RecentReadings } from '@app/kernel';
import { type PlainHead, readPlainHead } from './plain-head';
import { PlainRequest, type RequestOwner } from './plain-request';
import { type AnswerOwner, PlainResponse } from './plain-response';

const HEAD_END = Buffer.from('\r\n\r\n');
const NOTHING = Buffer.alloc(0);
/** Sent ahead of its turn by a client: more than this waits in the client's own buffers. */
const AHEAD_MAX_BYTES = 64 * 1_024;

export interface ConnectionHost {
  /** Nothing new is begun any more. */
  readonly isClosing: boolean;
  /** By a clock that moves with each sweep. */
  readonly tick: number;
  /** What an answer says of the connection behind it. */
  readonly connectionLines: string;
  /** Whether a request is for those who read plain ones. */
  takes(head: PlainHead): boolean;
  serve(request: PlainRequest, response: PlainResponse): void;
  /** Everything from here on is somebody else's to read; nothing of it was taken. */
  passOn(socket: Socket, bytes: Buffer): void;
  onTooSlow(socket: Socket): void;
  onGone(connection: PlainConnection): void;
}

/** What a connection waits for, and so how long it may. */
export type Waiting = 'first' | 'next' | 'body' | 'nothing';

/**
 * One connection as long as all that comes over it is plain: a request is taken when its whole head is there, one at a time,
 * and the next one is looked at when the answer is out. With the first request that is not plain, or is given back, the
 * connection goes to Node's own reader, for good and with every byte of that request.
 */
export class PlainConnection implements AnswerOwner, RequestOwner {
  /** Since when it waits. */
  sinceTick: number;
  private request: PlainRequest | undefined = undefined;
  private response: PlainResponse | undefined = undefined;
  /** Came while an answer was on its way, in order. */
  private ahead: Buffer | undefined = undefined;
  private wasUsed = false;
  private isTold = false;
  private isAnswered = false;
  /** Nothing more is read: it ended, or somebody else reads it. */
  private isGone = false;
  /** Heads that are sent again byte by byte are not read again. */
  private readonly heads = new RecentReadings(readPlainHead);
  private lastText = '';

  constructor(
    private readonly socket: Socket,
    private readonly host: ConnectionHost,
  ) {
    this.sinceTick = host.tick;
    socket.on('data', this.onData);
    socket.on('drain', this.onDrain);
    socket.on('end', this.onEnd);
    socket.on('error', this.onEnd);
    socket.on('close', this.onClose);
  }

  get waitsFor(): Waiting {
    const { request } = this;
    if (request === undefined) return this.wasUsed ? 'next' : 'first';
    return request.missingBytes > 0 ? 'body' : 'nothing';
  }

  get connectionLines(): string {
    return this.host.connectionLines;
  }

  get isQuiet(): boolean {
    return this.ahead === undefined && this.request?.missingBytes === 0;
  }

  destroy(): void {
    this.socket.destroy();
  }

  /** The time for what it waits for is over. Whoever sends a request too slowly is told, where nothing else was said. */
  expire(): void {
    const isNews = this.waitsFor === 'body' && this.response?.headersSent === false && !this.isTold;
    this.isTold = true;
    if (isNews) this.host.onTooSlow(this.socket);
    else this.socket.destroy();
  }

  onBegun(): void {
    this.request?.settle();
  }

  onDecided(): void {
    this.regulate();
  }

  giveBack(request: PlainRequest): boolean {
    const { response, ahead = NOTHING, socket } = this;
    if (request !== this.request || response === undefined || response.headersSent) return false;
    const { read } = request;
    // Who was told that this took too long has got the answer to it.
    if (read === undefined || this.isTold || socket.destroyed) return false;
    response.leave();
    this.request = undefined;
    this.response = undefined;
    this.ahead = undefined;
    // Of a request under way, the head that was read last is its own.
    const head = Buffer.from(this.lastText, 'latin1');
    this.passOn(Buffer.concat([head, HEAD_END, ...read, ahead]));
    return true;
  }

  onAnswered(): void {
    this.isAnswered = true;
    // What was not read of the request is let go of, so that the next one is found behind it.
    this.request?.resume();
    if (this.host.isClosing) this.socket.destroySoon();
    else this.goOn();
  }

  private readonly onData = (bytes: Buffer): void => {
    if (this.request === undefined) this.begin(bytes, 0);
    else this.take(this.request, bytes);
  };

  private take(request: PlainRequest, bytes: Buffer): void {
    // What lies behind the body first: with the end of the body it may all be somebody else's.
    const { missingBytes } = request;
    if (missingBytes < bytes.length) this.keep(bytes.subarray(missingBytes));
    request.push(bytes, 0);
    this.goOn();
    this.regulate();
  }

  /** A client that does not wait for answers. */
  private keep(bytes: Buffer): void {
    this.ahead = this.ahead === undefined ? bytes : Buffer.concat([this.ahead, bytes]);
  }

  /** Reads on, unless there is no place for what would come. */
  private regulate(): void {
    const { request, ahead, socket } = this;
    if (this.isGone) return;
    const isFull = ahead !== undefined && ahead.length > AHEAD_MAX_BYTES;
    const isPaused = isFull || (request !== undefined && request.missingBytes > 0 && !request.isDecided);
    if (isPaused === socket.isPaused()) return;
    if (isPaused) socket.pause();
    else socket.resume();
  }

  private begin(bytes: Buffer, from: number): void {
    const head = this.headIn(bytes, from);
    if (head === undefined || !this.host.takes(head.plain)) {
      this.passOn(bytes.subarray(from));
      return;
    }
    this.wasUsed = true;
    this.isAnswered = false;
    this.sinceTick = this.host.tick;
    const request = new PlainRequest(head.plain, this.socket, this);
    const response = new PlainResponse(this.socket, this);
    this.request = request;
    this.response = response;
    const at = request.push(bytes, head.end);
    if (at < bytes.length) this.keep(bytes.subarray(at));
    this.host.serve(request, response);
    this.regulate();
  }

  /** A head that did not come in one piece is rare, and Node's to wait for. */
  private headIn(bytes: Buffer, from: number): { plain: PlainHead; end: number } | undefined {
    const end = bytes.indexOf(HEAD_END, from);
    if (end === -1) return undefined;
    const text = bytes.toString('latin1', from, end);
    this.lastText = text;
    const plain = this.heads.of(text);
    return plain === undefined ? undefined : { plain, end: end + HEAD_END.length };
  }

  /** The next request begins when the last one is over on both sides. */
  private goOn(): void {
    const { request, ahead } = this;
    if (request === undefined || !this.isAnswered || request.missingBytes > 0 || this.isGone) return;
    this.request = undefined;
    this.response = undefined;
    this.ahead = undefined;
    this.sinceTick = this.host.tick;
    if (ahead !== undefined) this.begin(ahead, 0);
    this.regulate();
  }

  private passOn(bytes: Buffer): void {
    const { socket } = this;
    this.isGone = true;
    socket.off('data', this.onData);
    socket.off('drain', this.onDrain);
    socket.off('end', this.onEnd);
    socket.off('error', this.onEnd);
    socket.off('close', this.onClose);
    this.host.onGone(this);
    this.host.passOn(socket, bytes);
  }

  private readonly onDrain = (): void => {
    this.response?.emit('drain');
  };

  /** Whoever stops sending is gone: nothing tells it from one who is. */
  private readonly onEnd = (): void => {
    this.socket.destroy();
  };

  private readonly onClose = (): void => {
    if (this.isGone) return;
    this.isGone = true;
    const { request, response } = this;
    this.request = undefined;
    this.response = undefined;
    this.ahead = undefined;
    this.host.onGone(this);
    // In this order: whoever is told that there is no body finds nobody to answer.
    response?.lose();
    request?.lose();
  };
}
