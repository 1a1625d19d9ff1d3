/** What one probe learned. */
export interface ProbeNote {
  readonly atMs: number;
  readonly replica: number;
  /** null: it was missed. */
  readonly latencyMs: number | null;
  /** Why it was missed. */
  readonly reason: string | null;
}

/** As many as a strip shows. */
export const PROBES_KEPT = 90;
const NUMBERS = 3;

/**
 * The last probes of one instance. Lives as long as the process: what happened before is in the events. In numbers, since
 * ten thousand instances have one each: a kilobyte or two, and words only of what was missed.
 */
export class ProbeHistory {
  #numbers: Float64Array | undefined;
  #count = 0;
  readonly #reasons = new Map<number, string>();

  add({ atMs, replica, latencyMs, reason }: ProbeNote): void {
    this.#numbers ??= new Float64Array(PROBES_KEPT * NUMBERS);
    const place = this.#count % PROBES_KEPT;
    this.#numbers.set([atMs, replica, latencyMs ?? Number.NaN], place * NUMBERS);
    if (reason === null) this.#reasons.delete(place);
    else this.#reasons.set(place, reason);
    this.#count += 1;
  }

  /** The oldest first. */
  list(): readonly ProbeNote[] {
    const numbers = this.#numbers;
    if (numbers === undefined) return [];
    const first = Math.max(0, this.#count - PROBES_KEPT);
    return Array.from({ length: this.#count - first }, (_, index) => {
      const place = (first + index) % PROBES_KEPT;
      const [atMs = 0, replica = 0, latency = 0] = numbers.subarray(place * NUMBERS);
      const latencyMs = Number.isNaN(latency) ? null : latency;
      return { atMs, replica, latencyMs, reason: this.#reasons.get(place) ?? null };
    });
  }

  clear(): void {
    this.#numbers = undefined;
    this.#count = 0;
    this.#reasons.clear();
  }
}
