/** Keeps the newest entries when it is full, and counts what it had to let go. */
export class NewestBuffer<T> {
  #entries: T[] = [];
  #dropped = 0;

  constructor(
    private readonly capacity: number,
    /** What an entry counts for when it is let go. */
    private readonly weigh: (entry: T) => number = () => 1,
  ) {}

  get size(): number {
    return this.#entries.length;
  }

  push(entry: T): void {
    this.#entries.push(entry);
    // Cut in steps of a tenth, so that a full buffer does not move its whole content for each new entry.
    if (this.#entries.length > this.capacity + this.capacity / 10) this.trim();
  }

  take(count: number): T[] {
    this.trim();
    return this.#entries.splice(0, count);
  }

  /** What could not be written goes back to the front: it is older than what came since. */
  putBack(entries: readonly T[]): void {
    this.#entries = [...entries, ...this.#entries];
    this.trim();
  }

  /** How many were let go since the last question. */
  takeDropped(): number {
    const dropped = this.#dropped;
    this.#dropped = 0;
    return dropped;
  }

  private trim(): void {
    const excess = this.#entries.length - this.capacity;
    if (excess <= 0) return;
    for (const entry of this.#entries.splice(0, excess)) this.#dropped += this.weigh(entry);
  }
}
