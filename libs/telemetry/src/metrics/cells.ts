/** Numbers that only a scrape turns into text. Adding to one costs an addition: no labels are looked up, nothing is allocated. */
export class Counter {
  #value = 0;

  get value(): number {
    return this.#value;
  }

  add(by = 1): void {
    this.#value += by;
  }
}

export class Gauge {
  #value = 0;

  get value(): number {
    return this.#value;
  }

  set(value: number): void {
    this.#value = value;
  }

  add(by = 1): void {
    this.#value += by;
  }
}

export class Histogram {
  /** One for each bound, and one for what lies beyond the last. */
  readonly #counts: number[];
  #sum = 0;

  constructor(private readonly bounds: readonly number[]) {
    this.#counts = new Array<number>(bounds.length + 1).fill(0);
  }

  get sum(): number {
    return this.#sum;
  }

  /** Linear, because most values lie in the first buckets. */
  observe(value: number): void {
    let at = 0;
    while (at < this.bounds.length && value > (this.bounds[at] ?? Number.POSITIVE_INFINITY)) at += 1;
    this.#counts[at] = (this.#counts[at] ?? 0) + 1;
    this.#sum += value;
  }

  /** How many were not above each bound, as the text format wants them; the last is how many there were at all. */
  cumulated(): readonly number[] {
    let total = 0;
    return this.#counts.map((count) => (total += count));
  }
}
