type Step = Map<unknown, Step | number>;

/**
 * Lists of plain values, each kept once and known by its place. A list is found by walking maps: nothing is put together for
 * the search, and no value can be mistaken for a part of another, as in a joined text.
 */
export class DistinctLists {
  readonly all: (readonly unknown[])[] = [];
  private readonly root: Step = new Map();

  /** Where this list stands in `all`; lists of one instance have the same length. */
  placeOf(values: readonly unknown[]): number {
    let step = this.root;
    for (const value of values.slice(0, -1)) step = this.nextOf(step, value);
    const last = values.at(-1);
    const known = step.get(last);
    if (typeof known === 'number') return known;
    const place = this.all.push(values) - 1;
    step.set(last, place);
    return place;
  }

  private nextOf(step: Step, value: unknown): Step {
    const known = step.get(value);
    if (known instanceof Map) return known;
    const made: Step = new Map();
    step.set(value, made);
    return made;
  }
}
