import { type RawResponse } from '@app/plain-http';

/** Proxies on the way close what is silent for longer than this. */
const QUIET_MAX_MS = 15_000;
const LOOK_EVERY_MS = 5_000;
const COMMENT = ': keep-alive\n\n';

/** An event stream to a client. */
export interface QuietStream {
  readonly response: RawResponse;
  /** When something was last written, by the monotonic clock. */
  lastWriteAtMs: number;
}

/** Comments on silent streams: one timer for all of them, however many there are. */
export class KeepAlives {
  private readonly streams = new Set<QuietStream>();
  private timer: NodeJS.Timeout | undefined;

  get size(): number {
    return this.streams.size;
  }

  add(stream: QuietStream): void {
    this.streams.add(stream);
    this.timer ??= setInterval(() => {
      this.look(performance.now());
    }, LOOK_EVERY_MS).unref();
  }

  remove(stream: QuietStream): void {
    this.streams.delete(stream);
    if (this.streams.size > 0) return;
    clearInterval(this.timer);
    this.timer = undefined;
  }

  look(nowMs: number): void {
    for (const stream of this.streams) {
      const { response } = stream;
      // A client that does not read is not sent more.
      if (nowMs - stream.lastWriteAtMs < QUIET_MAX_MS - LOOK_EVERY_MS || response.writableNeedDrain) continue;
      stream.lastWriteAtMs = nowMs;
      response.write(COMMENT);
    }
  }
}
