import { type RequestListener, Server, type ServerOptions } from 'node:http';
import { type Socket } from 'node:net';
import { type RawResponse } from './raw-exchange';
import { type ConnectionHost, PlainConnection, type Waiting } from './plain-connection';
import { type PlainHead } from './plain-head';
import { type PlainRequest } from './plain-request';
import { type PlainResponse } from './plain-response';

/** Who takes some of the plain requests. */
export interface PlainTaker {
  /** By the head of a request, whose body then comes whole: what is longer than is wanted is not taken. */
  takes(head: PlainHead): boolean;
  /** A request that turns out to be none for the taker may still be given back. */
  serve(request: PlainRequest, response: RawResponse): unknown;
}

export interface PlainLimits {
  readonly headersTimeout: number;
  readonly requestTimeout: number;
  readonly keepAliveTimeout: number;
}

const SWEEP_EVERY_MS = 1_000;
const MS_PER_S = 1_000;

/**
 * Node's HTTP server, which looks at each connection itself first: the requests of a taker that are plain are read here, for
 * a third of what they cost there. Everything else, whole connections of it, is Node's.
 */
export class PlainServer extends Server implements ConnectionHost {
  isClosing = false;
  tick = 0;
  private readonly keepAliveLines: string;
  private readonly plain = new Set<PlainConnection>();
  private readonly passedOn = new WeakSet<Socket>();
  private readonly readByNode: readonly ((socket: Socket) => void)[];
  private readonly limitTicks: Readonly<Record<Waiting, number>>;
  private taker: PlainTaker | undefined = undefined;
  private sweeping: NodeJS.Timeout | undefined = undefined;

  constructor(options: ServerOptions & PlainLimits, above: RequestListener) {
    super(options, above);
    this.limitTicks = {
      first: options.headersTimeout / SWEEP_EVERY_MS,
      next: options.keepAliveTimeout / SWEEP_EVERY_MS,
      body: options.requestTimeout / SWEEP_EVERY_MS,
      nothing: Number.POSITIVE_INFINITY,
    };
    this.keepAliveLines = `connection: keep-alive\r\nkeep-alive: timeout=${options.keepAliveTimeout / MS_PER_S}\r\n`;
    this.readByNode = this.listeners('connection') as ((socket: Socket) => void)[];
    this.removeAllListeners('connection');
    this.on('connection', (socket: Socket) => {
      if (this.taker === undefined || this.passedOn.has(socket)) this.readAsNode(socket);
      else this.read(socket);
    });
  }

  get connectionLines(): string {
    return this.isClosing ? 'connection: close\r\n' : this.keepAliveLines;
  }

  takePlain(taker: PlainTaker): void {
    this.taker = taker;
  }

  takes(head: PlainHead): boolean {
    return this.taker?.takes(head) === true;
  }

  serve(request: PlainRequest, response: PlainResponse): void {
    this.taker?.serve(request, response);
  }

  passOn(socket: Socket, bytes: Buffer): void {
    // Node's reader sets the stream flowing, and finds first what is put back here.
    socket.pause();
    socket.unshift(bytes);
    this.readAsNode(socket);
    socket.resume();
  }

  /** Told in the words of Node's own reader, by whoever answers for that one. */
  onTooSlow(socket: Socket): void {
    const error = Object.assign(new Error('Request timeout'), { code: 'ERR_HTTP_REQUEST_TIMEOUT' });
    if (!this.emit('clientError', error, socket)) socket.destroy();
  }

  onGone(connection: PlainConnection): void {
    this.plain.delete(connection);
  }

  override close(done?: (error?: Error) => void): this {
    this.isClosing = true;
    return super.close(done);
  }

  /** Also asked by `close`. */
  override closeIdleConnections(): void {
    super.closeIdleConnections();
    for (const connection of [...this.plain]) if (connection.waitsFor === 'next') connection.destroy();
  }

  override closeAllConnections(): void {
    super.closeAllConnections();
    for (const connection of [...this.plain]) connection.destroy();
  }

  private read(socket: Socket): void {
    this.plain.add(new PlainConnection(socket, this));
    this.sweeping ??= setInterval(() => {
      this.sweep();
    }, SWEEP_EVERY_MS).unref();
  }

  private readAsNode(socket: Socket): void {
    this.passedOn.add(socket);
    for (const read of this.readByNode) read.call(this, socket);
  }

  /** Ends what has had its time: those who say nothing, and those who drip. */
  private sweep(): void {
    this.tick += 1;
    for (const connection of this.plain)
      if (this.tick - connection.sinceTick > this.limitTicks[connection.waitsFor]) connection.expire();
    if (this.plain.size > 0) return;
    clearInterval(this.sweeping);
    this.sweeping = undefined;
  }
}
