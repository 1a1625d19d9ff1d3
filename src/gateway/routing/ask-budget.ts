import { type Clock } from '@app/kernel';

const WINDOW_MS = 1_000;

/** Questions per second that unknown names may cost the database: guessing names must not become a load on it. */
export class AskBudget {
  private startedAtMs = Number.NEGATIVE_INFINITY;
  private asked = 0;

  constructor(
    private readonly perSecond: number,
    private readonly clock: Clock,
  ) {}

  admits(): boolean {
    const nowMs = this.clock.monotonicMs();
    if (nowMs - this.startedAtMs >= WINDOW_MS) {
      this.startedAtMs = nowMs;
      this.asked = 0;
    }
    this.asked += 1;
    return this.asked <= this.perSecond;
  }
}
