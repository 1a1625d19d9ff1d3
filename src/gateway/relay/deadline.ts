/** However much progress a call reports, after this it has had its time. */
const TOTAL_MAX_MS = 30 * 60_000;

/** A time limit that progress extends. */
export class Deadline {
  private timer: NodeJS.Timeout | undefined = undefined;
  private endsAtMs = 0;

  constructor(
    private readonly limitMs: number,
    private readonly onExpired: (limitMs: number) => void,
  ) {}

  start(): void {
    this.endsAtMs = performance.now() + Math.max(TOTAL_MAX_MS, this.limitMs);
    this.timer = setTimeout(() => {
      this.onExpired(this.limitMs);
    }, this.limitMs);
  }

  extend(): void {
    if (performance.now() + this.limitMs < this.endsAtMs) this.timer?.refresh();
  }

  stop(): void {
    clearTimeout(this.timer);
  }
}
