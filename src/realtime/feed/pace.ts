/** More than this is not kept for a reader: it comes back with the last number it saw. */
export const WAITING_MAX_BYTES = 4 * 1_024 * 1_024;
/** Nor is anything that it has not caught up with for so long. */
export const WAITING_MAX_MS = 10_000;

/** Whether a reader keeps up. Asked whenever something is written, and every second. */
export class Pace {
  private behindSinceMs: number | undefined;

  isTooSlow(waitingBytes: number, nowMs: number): boolean {
    if (waitingBytes === 0) {
      this.behindSinceMs = undefined;
      return false;
    }
    this.behindSinceMs ??= nowMs;
    return waitingBytes > WAITING_MAX_BYTES || nowMs - this.behindSinceMs > WAITING_MAX_MS;
  }
}
