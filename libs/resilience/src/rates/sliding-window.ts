import { SLICES } from './rate-store';

/** Counts of one window, slice by slice. */
export class SlidingWindow {
  private readonly counts = new Array<number>(SLICES + 1).fill(0);
  private newest = 0;
  private total = 0;

  constructor(private readonly windowMs: number) {}

  get sliceMs(): number {
    return Math.max(1, Math.floor(this.windowMs / SLICES));
  }

  /** How much was counted in the window that ends now. */
  used(nowMs: number): number {
    this.moveTo(nowMs);
    return this.total;
  }

  add(nowMs: number, count: number): void {
    this.moveTo(nowMs);
    const place = this.newest % this.counts.length;
    this.counts[place] = (this.counts[place] ?? 0) + count;
    this.total += count;
  }

  /** Until so much of what is counted now has left the window; 0 where nothing has to. */
  waitMs(nowMs: number, leaving: number): number {
    this.moveTo(nowMs);
    let left = leaving;
    for (let slice = this.newest - SLICES; slice <= this.newest && left > 0; slice += 1) {
      left -= this.at(slice);
      if (left <= 0) return (slice + SLICES + 1) * this.sliceMs - nowMs;
    }
    return left > 0 ? this.windowMs : 0;
  }

  /** Until the present slice ends. */
  sliceLeftMs(nowMs: number): number {
    return this.sliceMs - (nowMs % this.sliceMs);
  }

  private at(slice: number): number {
    return slice < 0 ? 0 : (this.counts[slice % this.counts.length] ?? 0);
  }

  private moveTo(nowMs: number): void {
    const slice = Math.floor(nowMs / this.sliceMs);
    const passed = Math.min(slice - this.newest, this.counts.length);
    for (let step = 1; step <= passed; step += 1) {
      const place = (slice - passed + step) % this.counts.length;
      this.total -= this.counts[place] ?? 0;
      this.counts[place] = 0;
    }
    if (slice > this.newest) this.newest = slice;
  }
}
