import { type RawResponse } from '@app/plain-http';
import { EventFramer } from './event-framer';
import { messagesOf, type SeenEvent } from './event-messages';
import { type KeepAlives, type QuietStream } from './keep-alives';

/** The longest event that passes. */
const EVENT_BYTES_MAX = 4 * 1024 * 1024;
const OK = 200;
const HEADERS = ['cache-control', 'no-cache, no-transform', 'x-accel-buffering', 'no'] as const;
const NO_EVENTS: readonly SeenEvent[] = [];

/** The source of a stream, which waits while the client does not read. */
export interface Pausable {
  pause(): void;
  resume(): void;
}

/** An event stream on its way to a client: whole events only, as fast as the client reads, never silent for long. */
export class ClientEvents implements QuietStream {
  lastWriteAtMs = performance.now();
  private readonly framer = new EventFramer(EVENT_BYTES_MAX);
  private isPaused = false;
  private isEnded = false;

  constructor(
    readonly response: RawResponse,
    headers: readonly string[],
    private readonly source: Pausable,
    private readonly keepAlives: KeepAlives,
  ) {
    response.writeHead(OK, [...headers.filter((_, at) => isKept(headers, at)), ...HEADERS]);
    keepAlives.add(this);
    // Mostly the first event came with the head, and both leave together; a head alone must not wait for it.
    queueMicrotask(() => {
      if (!this.isEnded) response.flushHeaders();
    });
  }

  /** Passes on what is whole, and tells what that was. Throws an `EventTooLongError`. */
  push(chunk: Buffer): readonly SeenEvent[] {
    const pieces = this.framer.push(chunk);
    const [only] = pieces;
    if (only === undefined) return NO_EVENTS;
    let isFull = false;
    for (const piece of pieces) isFull = !this.response.write(piece);
    this.lastWriteAtMs = performance.now();
    if (isFull) this.pause();
    return messagesOf(pieces.length === 1 ? only : Buffer.concat(pieces));
  }

  end(lastMessage?: string): void {
    if (this.isEnded) return;
    this.isEnded = true;
    this.keepAlives.remove(this);
    if (lastMessage === undefined) this.response.end();
    else this.response.end(`event: message\ndata: ${lastMessage}\n\n`);
  }

  /** The client is gone. */
  abandon(): void {
    this.isEnded = true;
    this.keepAlives.remove(this);
  }

  private pause(): void {
    if (this.isPaused) return;
    this.isPaused = true;
    this.source.pause();
    this.response.once('drain', () => {
      this.isPaused = false;
      this.lastWriteAtMs = performance.now();
      this.source.resume();
    });
  }
}

/** How long a stream may be kept by others is ours to say. */
const isKept = (headers: readonly string[], at: number): boolean =>
  headers[at % 2 === 0 ? at : at - 1] !== 'cache-control';
