import { type RawResponse } from '@app/plain-http';

const KEEP_ALIVE_MS = 15_000;
/** What may wait for a client that does not read; beyond it the stream is cut, and the client may come back for the rest. */
const MAX_UNREAD_BYTES = 16 * 1024 * 1024;

const STREAM_HEADERS = {
  'Content-Type': 'text/event-stream',
  'Cache-Control': 'no-store',
  'X-Accel-Buffering': 'no',
} as const;

/** One HTTP answer that is a stream of events. */
export class EventSink {
  private readonly keepAlive: NodeJS.Timeout;

  constructor(
    private readonly response: RawResponse,
    headers: Readonly<Record<string, string>> = {},
  ) {
    response.writeHead(200, { ...headers, ...STREAM_HEADERS });
    // The client learns that the stream stands before anything is said on it.
    response.flushHeaders();
    this.keepAlive = setInterval(() => {
      // Who does not read what is there already is not kept alive by more of it.
      if (this.isOpen && response.writableLength === 0) response.write(':\n\n');
    }, KEEP_ALIVE_MS).unref();
    if (response.destroyed) clearInterval(this.keepAlive);
    response.once('close', () => {
      clearInterval(this.keepAlive);
    });
  }

  get isOpen(): boolean {
    return !this.response.writableEnded && !this.response.destroyed;
  }

  /** The client went away before the end was said. */
  onGone(listener: () => void): void {
    this.response.once('close', () => {
      if (!this.response.writableFinished) listener();
    });
  }

  /** False when it could not be delivered. */
  write(frame: string): boolean {
    if (!this.isOpen) return false;
    if (this.response.writableLength > MAX_UNREAD_BYTES) {
      this.response.destroy();
      return false;
    }
    this.response.write(frame);
    return true;
  }

  end(): void {
    clearInterval(this.keepAlive);
    if (this.isOpen) this.response.end();
  }
}
