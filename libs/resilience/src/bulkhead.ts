import { Semaphore } from './semaphore';

/** Keeps one slow party from taking every slot: a cap on calls in flight, a short queue, then a quick no. */
export class Bulkhead {
  private readonly slots: Semaphore;

  constructor(limit: number, queue: number, what = 'This upstream') {
    this.slots = new Semaphore(limit, queue, what);
  }

  get active(): number {
    return this.slots.active;
  }

  get waiting(): number {
    return this.slots.waiting;
  }

  run<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    return this.slots.run(work, signal);
  }

  /** A place at once, or none; given back by one `leave`. */
  tryEnter(): boolean {
    return this.slots.tryEnter();
  }

  leave(): void {
    this.slots.leave();
  }
}
