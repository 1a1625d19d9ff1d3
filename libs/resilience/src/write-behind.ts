import { AsyncResource } from 'node:async_hooks';
import { NewestBuffer } from './newest-buffer';

export interface WriteBehindOptions<T> {
  /** Kept while the store is away; the newest, because they explain the outage. */
  readonly capacity: number;
  readonly batchMax: number;
  /** What an entry counts for when it is let go; 1 where it is not said. */
  readonly weigh?: (entry: T) => number;
  readonly flushEveryMs: number;
  write(batch: readonly T[]): Promise<void>;
  /** The store is away and the batch waits; any other failure is the fault of an entry. */
  isAway(error: unknown): boolean;
  /** Said once for each outage. */
  onAway(error: unknown): void;
  /** Where an entry holds several things: smaller entries with the same, none for what cannot be divided. */
  readonly divide?: (entry: T) => readonly T[];
  /** The store took the batch's others, and not this one. */
  onRefused(entry: T, error: unknown): void;
}

/**
 * Entries gathered in memory and written in batches: whoever has something to write never waits for the store. What was not
 * written when the process dies is lost, and what does not fit while the store is away is counted.
 */
export class WriteBehind<T> {
  private readonly buffer: NewestBuffer<T>;
  private timer: NodeJS.Timeout | undefined;
  private flushing: Promise<void> | undefined;
  private isAway = false;
  private soon: NodeJS.Immediate | undefined;

  constructor(private readonly options: WriteBehindOptions<T>) {
    this.buffer = new NewestBuffer(options.capacity, options.weigh);
  }

  /** The last write found the store away. */
  get isWaiting(): boolean {
    return this.isAway;
  }

  push(entry: T): void {
    this.buffer.push(entry);
    if (this.buffer.size >= this.options.batchMax) this.flushSoon();
  }

  /**
   * A full batch waits for no timer: what is held long is carried along by each collection of garbage. Not in the place of
   * whoever filled it, though, nor in their transaction.
   */
  private readonly flushSoon = AsyncResource.bind(() => {
    if (this.timer === undefined || this.isAway || this.flushing !== undefined) return;
    this.soon ??= setImmediate(() => {
      this.soon = undefined;
      void this.flush();
    });
  });

  /** How many were let go since the last question. */
  takeDropped(): number {
    return this.buffer.takeDropped();
  }

  start(beforeFlush: () => void = () => undefined): void {
    this.timer = setInterval(() => {
      beforeFlush();
      void this.flush();
    }, this.options.flushEveryMs).unref();
  }

  /** Writes what is left, but does not hold up the end of the process for a store that is away. */
  async stop(limitMs: number): Promise<void> {
    clearInterval(this.timer);
    this.timer = undefined;
    const limit = new Promise<void>((resolve) => setTimeout(resolve, limitMs).unref());
    await Promise.race([this.flush(), limit]);
  }

  /** Writes what is there, batch after batch; never rejects. One at a time: two would write out of order. */
  async flush(): Promise<void> {
    // What is being written was there before: what came since has a turn of its own.
    await this.flushing;
    this.flushing ??= this.writeAll().finally(() => (this.flushing = undefined));
    await this.flushing;
  }

  /** What comes meanwhile waits: else each write would be followed by one of the few entries that came during it, without end. */
  private async writeAll(): Promise<void> {
    let left = this.buffer.size;
    while (left > 0) {
      const batch = this.buffer.take(Math.min(left, this.options.batchMax));
      left -= batch.length;
      if (batch.length === 0 || !(await this.writeBatch(batch))) return;
      this.isAway = false;
    }
  }

  /** false: the store is away. */
  private async writeBatch(batch: readonly T[]): Promise<boolean> {
    try {
      await this.options.write(batch);
      return true;
    } catch (error) {
      if (!this.options.isAway(error)) return this.writeSingly(batch);
      this.waitWith(batch, error);
      return false;
    }
  }

  /** What the store refuses for its content must not hold up the others for ever, nor what stands in one entry with it. */
  private async writeSingly(batch: readonly T[]): Promise<boolean> {
    const left = [...batch];
    for (let entry = left.shift(); entry !== undefined; entry = left.shift()) {
      try {
        await this.options.write([entry]);
      } catch (error) {
        if (this.options.isAway(error)) {
          this.waitWith([entry, ...left], error);
          return false;
        }
        const parts = this.options.divide?.(entry) ?? [];
        if (parts.length === 0) this.options.onRefused(entry, error);
        left.unshift(...parts);
      }
    }
    return true;
  }

  private waitWith(batch: readonly T[], error: unknown): void {
    this.buffer.putBack(batch);
    if (!this.isAway) this.options.onAway(error);
    this.isAway = true;
  }
}
