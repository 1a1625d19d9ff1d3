import { type Clock } from '@app/kernel';
import { type RateEntry, RateStore, type Taken } from './rate-store';
import { SlidingWindow } from './sliding-window';

/** Counters at once; a flood of invented callers pushes out those that were not seen for longest. */
const COUNTERS_MAX = 100_000;

/** Counts in this process: for one process alone, and for each of several while what they share is away. */
export class LocalRates extends RateStore {
  private readonly windows = new Map<string, SlidingWindow>();

  constructor(private readonly clock: Clock) {
    super();
  }

  override take(entries: readonly RateEntry[], wanted: number): Promise<Taken> {
    return Promise.resolve(this.takeNow(entries, wanted));
  }

  /** `share`: of so many processes that count each for itself, this is one. */
  takeNow(entries: readonly RateEntry[], wanted: number, share = 1): Taken {
    const nowMs = this.clock.monotonicMs();
    const windows = entries.map((entry) => this.windowOf(entry));
    const rooms = entries.map(({ limit }, at) => sharedLimit(limit, share) - (windows[at]?.used(nowMs) ?? 0));
    const granted = Math.max(0, Math.min(wanted, ...rooms));
    if (granted > 0) for (const window of windows) window.add(nowMs, granted);
    return this.told(rooms, windows, granted, nowMs);
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

  private told(
    rooms: readonly number[],
    windows: readonly SlidingWindow[],
    granted: number,
    nowMs: number,
  ): Taken {
    const left = rooms.map((room) => room - granted);
    const tightest = left.indexOf(Math.min(...left));
    const remaining = left[tightest] ?? 0;
    const window = windows[tightest];
    return {
      ...{ granted, tightest, remaining: Math.max(0, remaining) },
      // Where it is over the limit, as after the limit was lowered, more than one has to leave.
      resetMs: window?.waitMs(nowMs, Math.max(1, 1 - remaining)) ?? 0,
      usableMs: Math.min(...windows.map((each) => each.sliceLeftMs(nowMs))),
    };
  }

  private windowOf({ key, windowMs }: RateEntry): SlidingWindow {
    const name = `${key}:${windowMs}`;
    const known = this.windows.get(name);
    if (known !== undefined) return known;
    const oldest = this.windows.keys().next();
    if (this.windows.size >= COUNTERS_MAX && oldest.done !== true) this.windows.delete(oldest.value);
    const made = new SlidingWindow(windowMs);
    this.windows.set(name, made);
    return made;
  }
}

const sharedLimit = (limit: number, share: number): number =>
  share <= 1 || limit === 0 ? limit : Math.max(1, Math.floor(limit / share));
