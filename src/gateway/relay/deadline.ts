import { type TimeLimit, type TimeLimits } from '@app/kernel';

/** However much progress a call reports, after this it has had its time. */
const TOTAL_MAX_MS = 30 * 60_000;

/** A time limit that progress extends. */
export class Deadline {
  private limit: TimeLimit | undefined = undefined;
  private startedAtMs = 0;

  constructor(
    private readonly limits: TimeLimits,
    private readonly limitMs: number,
    private readonly onExpired: (limitMs: number) => void,
  ) {}

  start(): void {
    this.limit = this.limits.begin(this.limitMs, this.onExpired);
    this.startedAtMs = this.limit.endsAtMs - this.limitMs;
  }

  extend(): void {
    if (performance.now() + this.limitMs < this.startedAtMs + Math.max(TOTAL_MAX_MS, this.limitMs))
      this.limit?.restart();
  }

  stop(): void {
    this.limit?.end();
  }
}
