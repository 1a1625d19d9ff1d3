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

/** A reader behind a WebSocket. Events are whole frames already, so they go past the library straight to the connection. */
export class SocketOutlet implements Outlet {
  readonly format: Format;
  private missedBeats = 0;
  private isClosing = false;

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
  }

  get isOpen(): boolean {
    return !this.isClosing && this.ws.readyState === WebSocket.OPEN;
  }

  get waitingBytes(): number {
    return this.connection.writableLength;
  }

  write(bytes: Buffer): void {
    if (!this.isOpen) return;
    if (this.waitingBytes + bytes.length > WAITING_MAX_BYTES) {
      this.onDropped('slow');
      this.close(CLOSE.tooSlow);
      return;
    }
    this.connection.write(bytes);
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
    if (!this.connection.writableNeedDrain) return;
    const gone = new AbortController();
    const { signal } = gone;
    await Promise.race([
      once(this.connection, 'drain', { signal }),
      once(this.connection, 'close', { signal }),
    ]).finally(() => {
      gone.abort();
    });
  }

  close({ code, reason }: Closing): void {
    if (this.isClosing) return;
    this.isClosing = true;
    this.ws.close(code, reason);
    const timer = setTimeout(() => {
      this.ws.terminate();
    }, FAREWELL_MS).unref();
    this.ws.once('close', () => {
      clearTimeout(timer);
    });
  }

  onClosed(listener: () => void): void {
    this.ws.once('close', listener);
  }
}
