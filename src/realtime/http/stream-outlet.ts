import { once } from 'node:events';
import { type ServerResponse } from 'node:http';
import { CLOSE, type Closing } from '../domain/close-codes';
import { type Frame } from '../domain/frames';
import { type Outlet } from '../feed/outlet';
import { WAITING_MAX_BYTES } from '../feed/pace';
import { type Format, type Shape, sseEvent } from '../feed/wire';
import { type DropReason } from '../realtime-metrics';

/** For the last event to get out; who does not read it is cut off. */
const FAREWELL_MS = 1_000;
const STILL_HERE = ': still here\n\n';

/** A reader of server-sent events. */
export class StreamOutlet implements Outlet {
  readonly format: Format;

  constructor(
    private readonly response: ServerResponse,
    shape: Shape,
    private readonly onDropped: (reason: DropReason) => void,
  ) {
    this.format = { carrier: 'sse', shape };
    const { socket } = response;
    // A connection that carried a stream carries nothing else: kept for another request, it would hold up the end of the process.
    response.once('close', () => socket?.destroy());
  }

  get isOpen(): boolean {
    return !this.response.writableEnded && !this.response.destroyed;
  }

  get waitingBytes(): number {
    return this.response.writableLength;
  }

  write(bytes: Buffer): void {
    if (!this.isOpen) return;
    if (this.waitingBytes + bytes.length > WAITING_MAX_BYTES) {
      this.onDropped('slow');
      this.close(CLOSE.tooSlow);
      return;
    }
    this.response.write(bytes);
  }

  say(frame: Frame): void {
    this.write(sseEvent({ type: frame.type, data: frame }));
  }

  /** The number is the id of this event already: who loses the connection before the next one comes back with it. */
  greet(sequence: number): void {
    this.write(sseEvent({ type: 'ready', data: { type: 'ready', sequence }, id: sequence }));
  }

  beat(): void {
    if (this.isOpen) this.response.write(STILL_HERE);
  }

  async drained(): Promise<void> {
    if (!this.response.writableNeedDrain) return;
    const gone = new AbortController();
    const { signal } = gone;
    await Promise.race([
      once(this.response, 'drain', { signal }),
      once(this.response, 'close', { signal }),
    ]).finally(() => {
      gone.abort();
    });
  }

  /** The codes of the WebSocket, in words of this format. */
  close({ code, reason }: Closing): void {
    if (!this.isOpen) return;
    this.response.end(sseEvent({ type: 'closed', data: { type: 'closed', code, reason } }));
    setTimeout(() => {
      this.response.destroy();
    }, FAREWELL_MS).unref();
  }

  onClosed(listener: () => void): void {
    this.response.once('close', listener);
  }
}
