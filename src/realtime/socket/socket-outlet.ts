import { once } from 'node:events';
import { type Duplex } from 'node:stream';
import { WebSocket } from 'ws';
import { CLOSE, type Closing } from '../domain/close-codes';
import { type Frame } from '../domain/frames';
import { type Outlet } from '../feed/outlet';
import { WAITING_MAX_BYTES } from '../feed/pace';
import { type Format, type Shape, textFrame } from '../feed/wire';
import { type DropReason } from '../realtime-metrics';

/** Pings that were not answered, after which nobody is there any more. */
const MISSED_MAX = 2;
/** For the close frame to get out; who does not read it is cut off. */
const FAREWELL_MS = 2_000;
/** The same for who was too slow: it may read on later, and shall learn why it ends. Less than the library itself waits. */
const SLOW_FAREWELL_MS = 20_000;
/**
 * As much is given to the connection ahead of its reader. What was given cannot be taken back, and a close frame comes behind
 * it; everything else waits here, where it can be dropped.
 */
const IN_FLIGHT_MAX_BYTES = 256 * 1_024;

/**
 * A reader behind a WebSocket. Events are whole frames already, so they go past the library straight to the connection. When
 * it closes, what waits is dropped: a reader that comes back with the last number it saw is told it then.
 */
export class SocketOutlet implements Outlet {
  readonly format: Format;
  private missedBeats = 0;
  private farewell: NodeJS.Timeout | undefined;
  private waiting: Buffer[] = [];
  private keptBytes = 0;

  constructor(
    private readonly ws: WebSocket,
    private readonly connection: Duplex,
    shape: Shape,
    private readonly onDropped: (reason: DropReason) => void,
  ) {
    this.format = { carrier: 'ws', shape };
    ws.on('pong', () => {
      this.missedBeats = 0;
    });
    connection.on('drain', () => {
      this.giveOn();
    });
  }

  get isOpen(): boolean {
    return this.farewell === undefined && this.ws.readyState === WebSocket.OPEN;
  }

  get waitingBytes(): number {
    return this.connection.writableLength + this.keptBytes;
  }

  write(bytes: Buffer): void {
    if (!this.isOpen) return;
    if (this.waitingBytes + bytes.length > WAITING_MAX_BYTES) {
      this.onDropped('slow');
      this.close(CLOSE.tooSlow);
      return;
    }
    if (this.waiting.length === 0 && this.hasRoom) this.connection.write(bytes);
    else {
      this.waiting.push(bytes);
      this.keptBytes += bytes.length;
    }
  }

  say(frame: Frame): void {
    this.write(textFrame(JSON.stringify(frame)));
  }

  beat(): void {
    if (!this.isOpen) return;
    this.missedBeats += 1;
    if (this.missedBeats > MISSED_MAX) {
      this.onDropped('silent');
      this.ws.terminate();
    } else this.ws.ping();
  }

  async drained(): Promise<void> {
    while (!this.connection.destroyed && (this.waiting.length > 0 || this.connection.writableNeedDrain))
      await this.nextDrain();
  }

  /** The second time nobody waits any longer for a reader that was to have its time. */
  close({ code, reason }: Closing): void {
    const isFirst = this.farewell === undefined;
    clearTimeout(this.farewell);
    this.farewell = setTimeout(
      () => {
        this.ws.terminate();
      },
      isFirst && code === CLOSE.tooSlow.code ? SLOW_FAREWELL_MS : FAREWELL_MS,
    ).unref();
    if (!isFirst) return;
    this.waiting = [];
    this.keptBytes = 0;
    this.ws.close(code, reason);
    this.ws.once('close', () => {
      clearTimeout(this.farewell);
    });
  }

  onClosed(listener: () => void): void {
    this.ws.once('close', listener);
  }

  private get hasRoom(): boolean {
    return this.connection.writableLength < IN_FLIGHT_MAX_BYTES;
  }

  /** In one go: each frame by itself would be a call of the system. */
  private giveOn(): void {
    let given = 0;
    this.connection.cork();
    for (; given < this.waiting.length && this.hasRoom; given += 1) {
      const bytes = this.waiting[given] ?? Buffer.alloc(0);
      this.connection.write(bytes);
      this.keptBytes -= bytes.length;
    }
    this.waiting.splice(0, given);
    this.connection.uncork();
  }

  private async nextDrain(): Promise<void> {
    const gone = new AbortController();
    const { signal } = gone;
    await Promise.race([
      once(this.connection, 'drain', { signal }),
      once(this.connection, 'close', { signal }),
    ]).finally(() => {
      gone.abort();
    });
  }
}
