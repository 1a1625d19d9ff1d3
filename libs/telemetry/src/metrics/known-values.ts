const OTHER = 'other';

/** Label values that come from outside: the first so many get a series of their own, the rest share one. */
export class KnownValues {
  readonly #known = new Set<string>();

  constructor(private readonly max: number) {}

  /** The value itself, or `other`. */
  of(value: string): string {
    if (this.#known.has(value)) return value;
    if (this.#known.size >= this.max) return OTHER;
    this.#known.add(value);
    return value;
  }

  has(value: string): boolean {
    return this.#known.has(value);
  }

  /** Makes room: what it named is gone. */
  forget(value: string): void {
    this.#known.delete(value);
  }
}
