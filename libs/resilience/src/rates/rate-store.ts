/** One counter that something is counted by, and how high it may go within any window of this length. */
export interface RateEntry {
  readonly key: string;
  readonly limit: number;
  readonly windowMs: number;
}

export interface Taken {
  /** As many as all counters had room for, at most what was asked for. */
  readonly granted: number;
  /** The entry with the least room. */
  readonly tightest: number;
  /** Room that is left there. */
  readonly remaining: number;
  /** Until there is more room than now. */
  readonly resetMs: number;
  /** How long what was granted may be used: afterwards it would belong to another window. */
  readonly usableMs: number;
}

/** A window moves on in steps; one more than these is looked at, so that no window anywhere holds more than the limit. */
export const SLICES = 10;

/** Counts of the last windows. Nothing here fails open: whoever cannot ask it counts by himself. */
export abstract class RateStore {
  /** Takes up to `wanted` from all entries together, or from none. */
  abstract take(entries: readonly RateEntry[], wanted: number): Promise<Taken>;
  /** What was taken and turned out not to count. */
  abstract giveBack(entries: readonly RateEntry[], count: number): Promise<void>;
}
