import { limitNamesOf } from './limits-of';
import { type Limit, type QueuedTask } from './model';

/** What is left of each limit while tasks are given out. */
export class Headroom {
  private readonly limits: ReadonlyMap<string, Limit>;
  private readonly taken = new Map<string, number>();

  constructor(limits: readonly Limit[]) {
    this.limits = new Map(limits.map((limit) => [limit.name, limit]));
  }

  /** The first limit that is used up, in the order from the widest to the narrowest. */
  blocking(task: QueuedTask): Limit | undefined {
    for (const name of limitNamesOf(task)) {
      const limit = this.limits.get(name);
      if (limit !== undefined && limit.running + (this.taken.get(name) ?? 0) >= limit.max) return limit;
    }
    return undefined;
  }

  take(task: QueuedTask): void {
    for (const name of limitNamesOf(task))
      if (this.limits.has(name)) this.taken.set(name, (this.taken.get(name) ?? 0) + 1);
  }
}
