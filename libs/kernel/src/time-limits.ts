import { AsyncResource } from 'node:async_hooks';

/** Timers count whole milliseconds, and may be a part of one early. */
const EARLY_MS = 1;
/** From when this was loaded, so that a timer belongs to nobody's request. */
const OUTSIDE = new AsyncResource('TimeLimits');

/** One time limit under way. */
export class TimeLimit {
  /** By `performance.now()`. */
  endsAtMs = 0;
  before: TimeLimit | undefined = undefined;
  after: TimeLimit | undefined = undefined;
  private isUnderWay = false;

  constructor(
    private readonly lane: Lane,
    readonly onOver: (limitMs: number) => void,
  ) {
    this.begin();
  }

  /** From now on it is counted anew; one that is over or was ended stays so. */
  restart(): void {
    if (!this.isUnderWay) return;
    this.lane.remove(this);
    this.begin();
  }

  /** Nothing comes of it any more. */
  end(): void {
    if (!this.isUnderWay) return;
    this.isUnderWay = false;
    this.lane.remove(this);
  }

  private begin(): void {
    this.isUnderWay = true;
    this.lane.append(this);
  }
}

/** The limits of one length, in the order in which they end. */
class Lane {
  first: TimeLimit | undefined = undefined;
  private last: TimeLimit | undefined = undefined;

  constructor(readonly limitMs: number) {}

  append(limit: TimeLimit): void {
    const { last } = this;
    limit.endsAtMs = performance.now() + this.limitMs;
    limit.before = last;
    if (last === undefined) this.first = limit;
    else last.after = limit;
    this.last = limit;
  }

  /** Cut off on both sides: what has grown old would else keep its neighbours, and those theirs. */
  remove(limit: TimeLimit): void {
    const { before, after } = limit;
    if (before === undefined) this.first = after;
    else before.after = after;
    if (after === undefined) this.last = before;
    else after.before = before;
    limit.before = undefined;
    limit.after = undefined;
  }

  tellThoseOver(nowMs: number): void {
    for (let { first } = this; first !== undefined && first.endsAtMs - EARLY_MS <= nowMs; { first } = this) {
      first.end();
      first.onOver(this.limitMs);
    }
  }
}

/**
 * Time limits of which many are begun a second and hardly one is ever over. Those of one length end in the order in which they
 * began, so one timer is enough for all of them, and a limit is a place in a list: a timer of Node's for each call was a tenth
 * of what the gateway needs for it. Nothing is kept running by a limit, and what it tells belongs to nobody's request.
 */
export class TimeLimits {
  /** Those that have a timer: of each length that was in use since it last went off. */
  private readonly lanes = new Map<number, Lane>();

  /** `onOver` is told once, with `limitMs`, unless the limit is ended before. */
  begin(limitMs: number, onOver: (limitMs: number) => void): TimeLimit {
    return new TimeLimit(this.lanes.get(limitMs) ?? this.open(limitMs), onOver);
  }

  private open(limitMs: number): Lane {
    const lane = new Lane(limitMs);
    this.lanes.set(limitMs, lane);
    this.wake(lane, limitMs);
    return lane;
  }

  private wake(lane: Lane, afterMs: number): void {
    OUTSIDE.runInAsyncScope(() => {
      setTimeout(() => {
        this.look(lane);
      }, afterMs).unref();
    });
  }

  private look(lane: Lane): void {
    const nowMs = performance.now();
    try {
      lane.tellThoseOver(nowMs);
    } finally {
      const { first } = lane;
      if (first === undefined) this.lanes.delete(lane.limitMs);
      else this.wake(lane, Math.max(EARLY_MS, first.endsAtMs - nowMs));
    }
  }
}
