export const OVERLAPS = ['skip', 'queue', 'cancel'] as const;
/** What becomes of a slot while a run of the same schedule goes on. */
export type Overlap = (typeof OVERLAPS)[number];

export const MISSED = ['skip', 'once', 'all'] as const;
/** What becomes of slots that nobody was there for. */
export type Missed = (typeof MISSED)[number];

/** Later than this a slot was missed; earlier it is only late. */
export const MISSED_AFTER_MS = 60_000;
/** Slots that are looked at after a pause, and so runs that catch up: the newest ones. */
export const CAUGHT_UP_MAX = 100;
/** Slots of one schedule that wait for their turn; more are let go. */
export const QUEUED_MAX = 100;

export type SlotOutcome = 'started' | 'queued' | 'overlapped' | 'missed';

export interface SlotDecision {
  readonly slot: Date;
  readonly outcome: SlotOutcome;
}

export interface Situation {
  /** The oldest first. */
  readonly due: readonly Date[];
  readonly now: Date;
  readonly overlap: Overlap;
  readonly missed: Missed;
  /** A run of this schedule goes on. */
  readonly isBusy: boolean;
  /** Slots that wait already. */
  readonly queued: number;
}

/** What becomes of each slot that is due. At most one run is started; with `cancel`, those that go on are to be ended first. */
export function decideSlots({
  due,
  now,
  overlap,
  missed,
  isBusy,
  queued,
}: Situation): readonly SlotDecision[] {
  const wanted = new Set(wantedOf(due, now, missed));
  const last = [...wanted].at(-1);
  let busy = isBusy || queued > 0;
  let waiting = queued;
  return due.map((slot): SlotDecision => {
    if (!wanted.has(slot)) return { slot, outcome: 'missed' };
    // What would be ended at once is not begun.
    if (overlap === 'cancel') return { slot, outcome: slot === last ? 'started' : 'overlapped' };
    if (!busy) {
      busy = true;
      return { slot, outcome: 'started' };
    }
    if (overlap === 'skip' || waiting >= QUEUED_MAX) return { slot, outcome: 'overlapped' };
    waiting += 1;
    return { slot, outcome: 'queued' };
  });
}

/** Those in time, and of the others what the policy says: one for all of them, where none is in time. */
function wantedOf(due: readonly Date[], now: Date, missed: Missed): readonly Date[] {
  if (missed === 'all') return due;
  const inTime = due.filter((slot) => now.getTime() - slot.getTime() <= MISSED_AFTER_MS);
  return missed === 'once' && inTime.length === 0 ? due.slice(-1) : inTime;
}
