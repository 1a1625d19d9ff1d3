import { type RawRequest, type RawResponse } from '@app/plain-http';
import { type RpcMessage, type RpcResponse } from '../wire/json-rpc';
import { sseFrame } from '../wire/sse';

const KEEP_ALIVE_MS = 15_000;
/** What may wait for a client that does not read; beyond it the stream is cut, and the client begins anew. */
const MAX_UNREAD_BYTES = 32 * 1024 * 1024;

const NO_HEADERS: Readonly<Record<string, string>> = {};

/**
 * One HTTP answer. It is plain JSON with a length as long as nothing but the result has to be said, and becomes an
 * event stream with the first message that comes before it.
 */
export class HttpReply {
  private keepAlive: NodeJS.Timeout | undefined;
  private isStreaming = false;

  constructor(
    private readonly response: RawResponse,
    /** False for a client that takes no event streams: what comes before the result is dropped then. */
    private readonly mayStream: boolean,
    private readonly headers: Readonly<Record<string, string>> = NO_HEADERS,
  ) {}

  get isEnded(): boolean {
    return this.response.writableEnded || this.response.destroyed;
  }

  /** The client went away before the answer was complete. */
  onGone(listener: () => void): void {
    this.response.once('close', () => {
      if (!this.response.writableFinished) listener();
    });
  }

  openStream(): void {
    if (this.isStreaming || this.isEnded) return;
    this.isStreaming = true;
    this.response.writeHead(200, {
      ...this.headers,
      'Content-Type': 'text/event-stream',
      'Cache-Control': 'no-store',
      'X-Accel-Buffering': 'no',
    });
    this.response.flushHeaders();
    this.keepAlive = setInterval(() => {
      this.response.write(':\n\n');
    }, KEEP_ALIVE_MS).unref();
    this.response.once('close', () => {
      clearInterval(this.keepAlive);
    });
  }

  /** A message on the way to the result. False when it could not be delivered. */
  write(message: RpcMessage): boolean {
    if (this.isEnded || !this.mayStream) return false;
    this.openStream();
    if (this.response.writableLength > MAX_UNREAD_BYTES) {
      this.response.destroy();
      return false;
    }
    this.response.write(sseFrame(JSON.stringify(message)));
    return true;
  }

  finish(message: RpcResponse, status = 200, headers: Readonly<Record<string, string>> = NO_HEADERS): void {
    if (this.isEnded) return;
    const text = JSON.stringify(message);
    if (this.isStreaming) {
      this.response.end(sseFrame(text));
      return;
    }
    const head = ['content-type', 'application/json', 'content-length', String(Buffer.byteLength(text))];
    for (const each of [this.headers, headers])
      for (const name in each) {
        const value = each[name];
        if (value !== undefined) head.push(name, value);
      }
    this.response.writeHead(status, head);
    this.response.end(text);
  }

  /** Ends without a result: a stream that was closed, or a message that has no answer. */
  end(status = 202): void {
    if (this.isEnded) return;
    if (!this.isStreaming) this.response.writeHead(status, { ...this.headers, 'Content-Length': 0 });
    this.response.end();
  }
}

/** `Accept` is optional here: what says nothing takes everything. */
export const acceptsStream = ({ headers }: Pick<RawRequest, 'headers'>): boolean =>
  headers.accept === undefined || /text\/event-stream|\*\/\*/i.test(headers.accept);
