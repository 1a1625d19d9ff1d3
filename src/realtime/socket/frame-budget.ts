/** What a client may say in a window: subscriptions are cheap for it and not for us. */
const FRAMES_MAX = 50;
const WINDOW_MS = 10_000;

/** Counts what one client says. */
export class FrameBudget {
  private windowEndsMs = 0;
  private said = 0;

  take(nowMs: number): boolean {
    if (nowMs >= this.windowEndsMs) {
      this.windowEndsMs = nowMs + WINDOW_MS;
      this.said = 0;
    }
    this.said += 1;
    return this.said <= FRAMES_MAX;
  }
}
