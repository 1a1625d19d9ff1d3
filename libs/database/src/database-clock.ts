import { type Database } from './database';

/** Quartz drifts by some 50 ppm: far below a second in this time. */
const READING_LASTS_MS = 10 * 60_000;
/** Wall clock and steady clock part when somebody sets the clock, or the machine slept: what was read is void then. */
const PARTED_MS = 1_000;

interface Reading {
  readonly wallMs: number;
  readonly steadyMs: number;
  /** What to add to our wall clock, ms. */
  readonly aheadMs: number;
}

/**
 * The time by the clock that all processes of an installation share, whatever the machines they run on think. Asks
 * the database once in a long while only, and goes on with what it knows when the database is away.
 */
export class DatabaseClock {
  private reading: Reading | undefined;
  private asking: Promise<void> | undefined;

  constructor(private readonly db: Pick<Database, 'query'>) {}

  /** Milliseconds since 1970. Off by at most one round trip to the database. */
  async nowMs(): Promise<number> {
    if (!this.isFresh()) {
      this.asking ??= this.ask().finally(() => (this.asking = undefined));
      await this.asking;
    }
    return Date.now() + (this.reading?.aheadMs ?? 0);
  }

  private isFresh(): boolean {
    if (this.reading === undefined) return false;
    const wallMs = Date.now() - this.reading.wallMs;
    const steadyMs = performance.now() - this.reading.steadyMs;
    return steadyMs < READING_LASTS_MS && Math.abs(wallMs - steadyMs) < PARTED_MS;
  }

  private async ask(): Promise<void> {
    try {
      const [row] = await this.db.query<{ now: number }>(
        `SELECT (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS now`,
      );
      const wallMs = Date.now();
      if (row !== undefined)
        this.reading = { wallMs, steadyMs: performance.now(), aheadMs: row.now - wallMs };
    } catch {
      // The last reading, or our own clock, is the best there is; the next question asks again.
    }
  }
}
