import { type Clock } from '@app/kernel';
import { SingleFlight, type Taken } from '@app/resilience';
import { type RateAsk } from './rate-ask';
import { type SharedRates } from './shared-rates';

/** Of a limit, one process takes at most this part ahead: what it does not use the others do not get. */
const BLOCK_PART = 1 / 50;
const BLOCK_MAX = 1_000;
/** Callers with something leased; what is over is leased anew. */
const LEASES_MAX = 20_000;
/** A no is believed so long: the store may be another one by then, or have room. */
const REFUSED_MAX_MS = 1_000;

interface Lease {
  /** Taken, and not used yet. */
  tokens: number;
  /** Afterwards it belongs to another window. */
  usableUntilMs: number;
  /** No store has to be asked before to know that there is nothing. */
  refusedUntilMs: number;
  /** Grows while blocks are used up in time. */
  block: number;
  waiting: number;
  last: Taken;
  askedAtMs: number;
}

const NOTHING: Taken = { granted: 0, tightest: 0, remaining: 0, resetMs: 0, usableMs: 0 };

/**
 * Takes blocks ahead from the store and gives single ones out from memory, so that a busy caller's requests wait for no
 * store. What is taken counts as used: the limit may come a little early, never late.
 */
export class LeasedRates {
  private readonly leases = new Map<string, Lease>();
  private readonly flights = new SingleFlight<string, void>();

  constructor(
    private readonly rates: SharedRates,
    private readonly clock: Clock,
  ) {}

  /** undefined: the store has to be asked. */
  takeNow(ask: RateAsk): Taken | undefined {
    const lease = this.leases.get(ask.id);
    const nowMs = this.clock.monotonicMs();
    if (lease !== undefined && lease.tokens > 0 && nowMs < lease.usableUntilMs) return this.use(lease, ask);
    if (lease !== undefined && nowMs < lease.refusedUntilMs)
      return { ...lease.last, resetMs: Math.max(0, lease.last.resetMs - (nowMs - lease.askedAtMs)) };
    return this.rates.takeNow(ask.entries, 1);
  }

  async take(ask: RateAsk): Promise<Taken> {
    const atOnce = this.takeNow(ask);
    if (atOnce !== undefined) return atOnce;
    const lease = this.leaseOf(ask);
    lease.waiting += 1;
    try {
      for (;;) {
        const taken = this.takeNow(ask);
        if (taken !== undefined) return taken;
        await this.flights.run(ask.id, () => this.lease(ask, lease));
      }
    } finally {
      lease.waiting -= 1;
    }
  }

  private use(lease: Lease, ask: RateAsk): Taken {
    lease.tokens -= 1;
    // Before the last one is gone, so that nobody waits.
    if (lease.block > 1 && lease.tokens * 2 < lease.block)
      void this.flights.run(ask.id, () => this.lease(ask, lease));
    return { ...lease.last, granted: 1, remaining: lease.last.remaining + lease.tokens };
  }

  private async lease(ask: RateAsk, lease: Lease): Promise<void> {
    const startedAtMs = this.clock.monotonicMs();
    const isInUse = startedAtMs < lease.usableUntilMs;
    lease.block = isInUse ? Math.min(lease.block * 2, blockOf(ask)) : 1;
    const taken = await this.rates.take(ask.entries, Math.max(lease.block, lease.waiting));
    const left = this.clock.monotonicMs() < lease.usableUntilMs ? lease.tokens : 0;
    lease.last = taken;
    lease.askedAtMs = startedAtMs;
    lease.tokens = left + taken.granted;
    // Older ones of the same slice may be used as long as the new ones, or a little shorter.
    lease.usableUntilMs = startedAtMs + taken.usableMs;
    lease.refusedUntilMs = taken.granted === 0 ? startedAtMs + Math.min(taken.resetMs, REFUSED_MAX_MS) : 0;
  }

  private leaseOf({ id }: RateAsk): Lease {
    const known = this.leases.get(id);
    if (known !== undefined) return known;
    const oldest = this.leases.keys().next();
    if (this.leases.size >= LEASES_MAX && oldest.done !== true) this.leases.delete(oldest.value);
    const made: Lease = {
      ...{ tokens: 0, usableUntilMs: 0, refusedUntilMs: 0, block: 1 },
      ...{ waiting: 0, last: NOTHING, askedAtMs: 0 },
    };
    this.leases.set(id, made);
    return made;
  }
}

const blockOf = ({ entries }: RateAsk): number =>
  Math.max(1, Math.min(BLOCK_MAX, ...entries.map(({ limit }) => Math.floor(limit * BLOCK_PART))));
