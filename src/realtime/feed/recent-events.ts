import { type Told } from './told';

/** Enough for everybody who comes back after a moment, so that a crowd of them asks no database. */
const EVENTS_MAX = 10_000;
const BYTES_MAX = 32 * 1_024 * 1_024;

/** The last events in memory, without a hole. */
export class RecentEvents {
  private events: Told[] = [];
  private bytes = 0;
  /** Everything after this number is here. */
  private floor: number | undefined;
  private last: number | undefined;

  /** The number of the newest event that was seen. */
  get head(): number | undefined {
    return this.last;
  }

  /** Begins anew at a number: what came before it is not here. */
  startAt(head: number): void {
    this.events = [];
    this.bytes = 0;
    this.floor = head;
    this.last = head;
  }

  add(events: readonly Told[]): void {
    for (const told of events) {
      this.events.push(told);
      this.bytes += told.sizeBytes;
      this.last = told.sequence;
    }
    this.trim();
  }

  /** What came after a number, oldest first; undefined where some of it is not here any more. */
  after(sequence: number, limit: number): readonly Told[] | undefined {
    if (this.floor === undefined || sequence < this.floor) return undefined;
    const from = this.placeAfter(sequence);
    return this.events.slice(from, from + limit);
  }

  /** A tenth at a time, so that the list is not moved with every event. */
  private trim(): void {
    if (this.events.length <= EVENTS_MAX && this.bytes <= BYTES_MAX) return;
    const spare = Math.ceil(this.events.length / 10);
    let gone = 0;
    while (gone < spare || this.bytes > BYTES_MAX) {
      const told = this.events[gone];
      if (told === undefined) break;
      this.bytes -= told.sizeBytes;
      this.floor = told.sequence;
      gone += 1;
    }
    this.events = this.events.slice(gone);
  }

  private placeAfter(sequence: number): number {
    let [low, high] = [0, this.events.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.events[middle]?.sequence ?? 0) <= sequence) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
