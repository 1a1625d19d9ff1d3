import { type Clock, systemClock } from '@app/kernel';
import { type Database } from './database';

export interface LeaseOptions {
  readonly name: string;
  /** Unique per process and start: two holders of one name would both believe they hold it. */
  readonly holder: string;
  readonly termMs: number;
  readonly clock?: Clock;
}

/** Two renewals may fail before the holder stops itself. */
const RENEW_AT = 1 / 3;
/** The holder stops well before the database gives the lease to another: its last step has the rest of the term to end. */
const TRUST_UNTIL = 2 / 3;

const ACQUIRE = `
  INSERT INTO lease AS l (name, holder, epoch, until)
  VALUES ($1, $2, 1, now() + $3 * interval '1 millisecond')
  ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, epoch = l.epoch + 1, until = excluded.until
   WHERE l.until < now() OR l.holder = excluded.holder
  RETURNING epoch`;
const RENEW = `
  UPDATE lease SET until = now() + $4 * interval '1 millisecond' WHERE name = $1 AND holder = $2 AND epoch = $3`;
const RELEASE = `UPDATE lease SET until = '-infinity' WHERE name = $1 AND holder = $2 AND epoch = $3`;

/**
 * The right to act alone under a name, for a term. Who has it is decided by the database's clock; how long a holder believes it,
 * by the holder's own monotonic clock, counted from before it asked. Every acquisition has a new epoch, so whatever carries an
 * old one is recognised.
 */
export class Lease {
  private readonly clock: Clock;
  private currentEpoch = 0;
  private trustedUntilMs = Number.NEGATIVE_INFINITY;
  private onChange: (held: boolean) => void = () => undefined;
  private reported = false;
  private timer: NodeJS.Timeout | undefined;
  private deadline: NodeJS.Timeout | undefined;
  private running = false;
  private turn: Promise<void> = Promise.resolve();

  constructor(
    private readonly db: Database,
    private readonly options: LeaseOptions,
  ) {
    this.clock = options.clock ?? systemClock;
  }

  /** Of the last acquisition; 0 before the first one. */
  get epoch(): number {
    return this.currentEpoch;
  }

  isHeld(): boolean {
    return this.clock.monotonicMs() < this.trustedUntilMs;
  }

  /** Also takes back a lease of our own that we stopped trusting: under a new epoch. */
  async tryAcquire(): Promise<boolean> {
    const askedAtMs = this.clock.monotonicMs();
    const { name, holder, termMs } = this.options;
    const [row] = await this.db.query<{ epoch: string }>(ACQUIRE, [name, holder, termMs]);
    if (row === undefined) return false;
    this.currentEpoch = Number(row.epoch);
    this.trustFrom(askedAtMs);
    return this.isHeld();
  }

  /** Prolongs a lease that is still held; one that is not has to be acquired, for a new epoch. */
  async renew(): Promise<boolean> {
    const askedAtMs = this.clock.monotonicMs();
    const { name, holder, termMs } = this.options;
    const renewed = await this.db.execute(RENEW, [name, holder, this.currentEpoch, termMs]);
    // An answer that comes after we stopped believing changes nothing: others were told that we stopped.
    if (!this.isHeld()) return false;
    if (renewed === 0) this.drop();
    else this.trustFrom(askedAtMs);
    return this.isHeld();
  }

  async release(): Promise<void> {
    const wasHeld = this.isHeld();
    this.drop();
    if (wasHeld) await this.db.execute(RELEASE, [this.options.name, this.options.holder, this.currentEpoch]);
  }

  /** Acquires and renews until `stop`; tells each change. An unreachable database is a lease that runs out. */
  start(onChange: (held: boolean) => void): void {
    if (this.running) return;
    this.running = true;
    this.onChange = onChange;
    this.turn = this.step();
  }

  /** Hands the lease back, so that a successor need not wait for its end. */
  async stop(): Promise<void> {
    this.running = false;
    clearTimeout(this.timer);
    await this.turn;
    try {
      await this.release();
    } catch {
      // The database is away: the term ends by itself.
    }
    this.report();
  }

  private async step(): Promise<void> {
    try {
      await (this.isHeld() ? this.renew() : this.tryAcquire());
    } catch {
      // Not known whether it was prolonged: the deadline decides, and the next step tries again.
    }
    this.report();
    if (!this.running) return;
    this.timer = setTimeout(() => {
      this.turn = this.step();
    }, this.options.termMs * RENEW_AT);
  }

  private trustFrom(askedAtMs: number): void {
    const trustMs = this.options.termMs * TRUST_UNTIL;
    this.trustedUntilMs = askedAtMs + trustMs;
    clearTimeout(this.deadline);
    this.deadline = setTimeout(() => {
      this.report();
    }, this.trustedUntilMs - this.clock.monotonicMs());
    // Nobody has to be told by a process that has nothing else left to do.
    this.deadline.unref();
  }

  private drop(): void {
    this.trustedUntilMs = Number.NEGATIVE_INFINITY;
    clearTimeout(this.deadline);
  }

  private report(): void {
    const held = this.isHeld();
    if (held === this.reported) return;
    this.reported = held;
    this.onChange(held);
  }
}
