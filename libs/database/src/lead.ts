import { hostname } from 'node:os';
import { type Clock, newId, systemClock } from '@app/kernel';
import { type Database } from './database';
import { Lease } from './lease';

export interface LeadOptions {
  readonly name: string;
  readonly clock?: Clock;
}

const TERM_MS = 3_000;
const RENEW_AFTER_MS = TERM_MS / 3;
/** How often one who was refused asks again, however often it is woken. */
const ASK_AGAIN_AFTER_MS = 1_000;

/**
 * Which of several equal processes acts on what all of them are told. Taken by the first that has something to do, kept for as
 * long as it goes on, and free again seconds after its last step or its death: nothing is written while nothing happens. It
 * only saves work. What is done under it must be safe when two do it, and whoever is refused looks by itself later, for the one
 * who leads may have died.
 */
export class Lead {
  private readonly clock: Clock;
  private readonly lease: Lease;
  private askedAtMs = Number.NEGATIVE_INFINITY;
  private asking: Promise<boolean> | undefined;

  constructor(db: Database, { name, clock = systemClock }: LeadOptions) {
    this.clock = clock;
    this.lease = new Lease(db, { name, holder: `${hostname()}-${newId()}`, termMs: TERM_MS, clock });
  }

  /** Whether this process is to act now. */
  take(): Promise<boolean> {
    this.asking ??= this.ask().finally(() => {
      this.asking = undefined;
    });
    return this.asking;
  }

  /** Another need not wait for its end. */
  async release(): Promise<void> {
    try {
      await this.lease.release();
    } catch {
      // The database is away: the term ends by itself.
    }
  }

  private async ask(): Promise<boolean> {
    const sinceMs = this.clock.monotonicMs() - this.askedAtMs;
    const isHeld = this.lease.isHeld();
    if (sinceMs < (isHeld ? RENEW_AFTER_MS : ASK_AGAIN_AFTER_MS)) return isHeld;
    this.askedAtMs = this.clock.monotonicMs();
    return isHeld ? this.lease.renew() : this.lease.tryAcquire();
  }
}
