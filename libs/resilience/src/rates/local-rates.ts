import { type Clock } from '@app/kernel';
import { type RateEntry, RateStore, type Taken } from './rate-store';
import { SlidingWindow } from './sliding-window';

/** Counters at once; a flood of invented callers pushes out those that were not seen for longest. */
const COUNTERS_MAX = 100_000;

/** Counts in this process: for one process alone, and for each of several while what they share is away. */
export class LocalRates extends RateStore {
  private readonly windows = new Map<string, SlidingWindow>();
  /** Callers keep their entries: a name that is put together once is also hashed once. */
  private readonly names = new WeakMap<RateEntry, string>();

  constructor(private readonly clock: Clock) {
    super();
  }

  override take(entries: readonly RateEntry[], wanted: number): Promise<Taken> {
    return Promise.resolve(this.takeNow(entries, wanted));
  }

  /** `share`: of so many processes that count each for itself, this is one. */
  takeNow(entries: readonly RateEntry[], wanted: number, share = 1): Taken {
    const nowMs = this.clock.monotonicMs();
    // Asked for at each request: a list for each step would cost more than the steps.
    let granted = wanted;
    for (const entry of entries) granted = Math.min(granted, this.roomIn(entry, share, nowMs));
    granted = Math.max(0, granted);
    if (granted > 0) for (const entry of entries) this.windowOf(entry).add(nowMs, granted);
    return this.told(entries, share, granted, nowMs);
  }

  /** What was counted elsewhere, so that counting goes on from there when it has to be done here. */
  record(entries: readonly RateEntry[], count: number): void {
    const nowMs = this.clock.monotonicMs();
    for (const entry of entries) this.windowOf(entry).add(nowMs, count);
  }

  override giveBack(entries: readonly RateEntry[], count: number): Promise<void> {
    const nowMs = this.clock.monotonicMs();
    for (const entry of entries) {
      const window = this.windowOf(entry);
      window.add(nowMs, -Math.min(count, window.used(nowMs)));
    }
    return Promise.resolve();
  }

  private told(entries: readonly RateEntry[], share: number, granted: number, nowMs: number): Taken {
    let tightest = 0;
    let left = Number.POSITIVE_INFINITY;
    let usableMs = Number.POSITIVE_INFINITY;
    for (const [at, entry] of entries.entries()) {
      const room = this.roomIn(entry, share, nowMs);
      if (room < left) tightest = at;
      left = Math.min(left, room);
      usableMs = Math.min(usableMs, this.windowOf(entry).sliceLeftMs(nowMs));
    }
    const entry = entries[tightest];
    // Where it is over the limit, as after the limit was lowered, more than one has to leave.
    const resetMs = entry === undefined ? 0 : this.windowOf(entry).waitMs(nowMs, Math.max(1, 1 - left));
    return { granted, tightest, remaining: Math.max(0, left), resetMs, usableMs };
  }

  private roomIn(entry: RateEntry, share: number, nowMs: number): number {
    return sharedLimit(entry.limit, share) - this.windowOf(entry).used(nowMs);
  }

  private windowOf(entry: RateEntry): SlidingWindow {
    const { windowMs } = entry;
    const name = this.nameOf(entry);
    const known = this.windows.get(name);
    if (known !== undefined) return known;
    const oldest = this.windows.keys().next();
    if (this.windows.size >= COUNTERS_MAX && oldest.done !== true) this.windows.delete(oldest.value);
    const made = new SlidingWindow(windowMs);
    this.windows.set(name, made);
    return made;
  }

  private nameOf(entry: RateEntry): string {
    const known = this.names.get(entry);
    if (known !== undefined) return known;
    const name = `${entry.key}:${entry.windowMs}`;
    this.names.set(entry, name);
    return name;
  }
}

const sharedLimit = (limit: number, share: number): number =>
  share <= 1 || limit === 0 ? limit : Math.max(1, Math.floor(limit / share));
