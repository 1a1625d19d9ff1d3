import { connect, type Socket } from 'node:net';
import { ResponseReader } from './response-reader';
import { writeRequest } from './request-bytes';
import { connectionClosed, WireFault } from './wire-fault';
import { type Carrier, type WireRequest } from './wire-request';

/** A stream may be silent for long; whether its other end is still there is the system's to find out. */
const KEEP_ALIVE_AFTER_MS = 60_000;

export interface WireAddress {
  readonly host: string;
  readonly port: number;
}

export interface ConnectionOptions {
  readonly connectTimeoutMs: number;
  readonly readBufferBytes: number;
}

/** Whose connection it is. */
export interface ConnectionOwner {
  onReady(connection: WireConnection): void;
  /** No connection came about; `onClosed` follows. */
  onUnreachable(error: Error): void;
  onFree(connection: WireConnection): void;
  onClosed(connection: WireConnection): void;
}

/**
 * One connection, one request at a time. It reads into a buffer of its own and past the machinery of streams, and writes a
 * request in one go: that is most of what it is for.
 */
export class WireConnection implements Carrier {
  /** By the monotonic clock; until then a request may still be sent over it. */
  freeUntilMs = 0;
  private readonly reader = new ResponseReader();
  private readonly socket: Socket;
  private request: WireRequest | undefined = undefined;
  private isOpen = false;
  private isGone = false;

  constructor(
    { host, port }: WireAddress,
    { connectTimeoutMs, readBufferBytes }: ConnectionOptions,
    private readonly owner: ConnectionOwner,
  ) {
    const onread = { buffer: Buffer.allocUnsafeSlow(readBufferBytes), callback: this.onRead };
    this.socket = connect({
      host,
      port,
      noDelay: true,
      keepAlive: true,
      keepAliveInitialDelay: KEEP_ALIVE_AFTER_MS,
      onread,
    });
    const limit = setTimeout(() => {
      this.socket.destroy(new WireFault('UND_ERR_CONNECT_TIMEOUT', 'Connect Timeout Error'));
    }, connectTimeoutMs);
    this.socket.once('connect', () => {
      clearTimeout(limit);
      this.isOpen = true;
      this.socket.resume();
      owner.onReady(this);
    });
    this.socket.on('error', this.onError);
    this.socket.on('end', this.onEnd);
    this.socket.once('close', () => {
      clearTimeout(limit);
      this.onClose();
    });
  }

  get isUsable(): boolean {
    return this.isOpen && !this.isGone && this.request === undefined;
  }

  /** False when nobody wants the request any more; the connection is free then. */
  carry(request: WireRequest): boolean {
    if (!request.begin(this)) return false;
    this.request = request;
    this.reader.expect(request);
    writeRequest(this.socket, request.head, request.body);
    return true;
  }

  pause(): void {
    this.socket.pause();
  }

  resume(): void {
    this.socket.resume();
  }

  giveUp(): void {
    this.request = undefined;
    this.close();
  }

  finished(keepAliveMs: number): void {
    this.request = undefined;
    // An answer that came before the request was through: what is left of it would be read as the next one.
    const mayStay = keepAliveMs > 0 && this.socket.writableLength === 0 && !this.isGone;
    if (!mayStay) {
      this.close();
      return;
    }
    if (this.socket.isPaused()) this.socket.resume();
    this.freeUntilMs = performance.now() + keepAliveMs;
    this.owner.onFree(this);
  }

  close(): void {
    this.isGone = true;
    this.reader.stop();
    this.socket.destroy();
  }

  private readonly onRead = (size: number, buffer: Uint8Array): boolean => {
    try {
      this.reader.push((buffer as Buffer).subarray(0, size));
    } catch (error) {
      this.breakOff(error);
    }
    return this.request?.paused !== true;
  };

  private readonly onEnd = (): void => {
    try {
      this.reader.end();
    } catch (error) {
      this.breakOff(error);
    }
    this.close();
  };

  private readonly onError = (error: Error): void => {
    if (this.isOpen) this.breakOff(error);
    else this.owner.onUnreachable(error);
  };

  private onClose(): void {
    this.breakOff(connectionClosed());
    this.owner.onClosed(this);
  }

  private breakOff(error: unknown): void {
    const { request } = this;
    this.request = undefined;
    this.close();
    request?.fail(error instanceof Error ? error : new Error('the connection broke', { cause: error }));
  }
}
