import { type Clock } from '@app/kernel';

/** Time that stands still until a test moves it. */
export class FakeClock implements Clock {
  private elapsedMs = 0;

  constructor(private readonly startsAt = new Date('2026-01-01T00:00:00Z')) {}

  now(): Date {
    return new Date(this.startsAt.getTime() + this.elapsedMs);
  }

  monotonicMs(): number {
    return this.elapsedMs;
  }

  advance(ms: number): void {
    if (ms < 0) throw new Error('A clock does not go back.');
    this.elapsedMs += ms;
  }
}
