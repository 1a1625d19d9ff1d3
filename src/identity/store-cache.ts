import { type Clock } from '@app/kernel';
import { SingleFlight, withTimeout } from '@app/resilience';
import { IdentityUnavailableError } from './domain/identity.errors';

/** A revoked key, an ended session works at most this long where no notice arrives. */
const FRESH_MS = 5_000;
/** From here on a use asks for news in the background, so that a busy caller never waits for the database. */
const REFRESH_AFTER_MS = 2_000;
/** Longer than a healthy look-up by far; a database that needs more counts as away. */
const LOOKUP_LIMIT_MS = 1_000;
/** While the database is away it is asked this often, not by every call. */
const PAUSE_AFTER_FAILURE_MS = 1_000;
/** Entries remembered, unknown ids included: a flood of invented ids only pushes out other invented ids and idle callers. */
const MAX_ENTRIES = 10_000;
/** A look-up that a notice overtook is asked again; notices that never end must not keep a caller waiting. */
const MAX_LOOKUPS = 3;

interface Entry<T> {
  readonly value: T | undefined;
  readonly confirmedAtMs: number;
}

/**
 * Callers in memory. Fresh for 5 s; with the store away the last known answer stands until `maxStalenessMs`, then nothing does:
 * static stability must end somewhere, and it ends closed.
 */
export class StoreCache<T> {
  readonly #entries = new Map<string, Entry<T>>();
  readonly #flights = new SingleFlight<string, void>();
  #failedAtMs = Number.NEGATIVE_INFINITY;
  #lastFailure: unknown;
  #drops = 0;

  constructor(
    private readonly find: (id: string) => Promise<T | undefined>,
    private readonly options: { readonly maxStalenessMs: number },
    private readonly clock: Clock,
  ) {}

  async get(id: string): Promise<T | undefined> {
    const known = this.#entries.get(id);
    const ageMs = this.ageOf(known);
    if (known !== undefined && ageMs < FRESH_MS) {
      if (ageMs > REFRESH_AFTER_MS) void this.refresh(id);
      return known.value;
    }
    await this.refresh(id);
    return this.answerFromMemory(id);
  }

  /** What a notice says has changed is forgotten, and asked for at its next use. */
  drop(matches: (id: string, value: T | undefined) => boolean): void {
    this.#drops += 1;
    for (const [id, { value }] of this.#entries) if (matches(id, value)) this.#entries.delete(id);
  }

  private answerFromMemory(id: string): T | undefined {
    const entry = this.#entries.get(id);
    if (entry === undefined || this.ageOf(entry) >= this.options.maxStalenessMs) {
      throw new IdentityUnavailableError({ cause: this.#lastFailure });
    }
    return entry.value;
  }

  private ageOf(entry: Entry<T> | undefined): number {
    return entry === undefined ? Number.POSITIVE_INFINITY : this.clock.monotonicMs() - entry.confirmedAtMs;
  }

  /** Never rejects: whoever waits for it looks at the entry afterwards. One flight per id. */
  private refresh(id: string): Promise<void> {
    if (this.clock.monotonicMs() - this.#failedAtMs < PAUSE_AFTER_FAILURE_MS) return Promise.resolve();
    return this.#flights.run(id, () => this.load(id));
  }

  private async load(id: string): Promise<void> {
    try {
      for (let lookups = 1; ; lookups += 1) {
        const dropsBefore = this.#drops;
        const startedAtMs = this.clock.monotonicMs();
        const value = await withTimeout(LOOKUP_LIMIT_MS, () => this.find(id));
        // What was read before a notice came may be what the notice was about.
        if (this.#drops !== dropsBefore && lookups < MAX_LOOKUPS) continue;
        this.remember(id, { value, confirmedAtMs: startedAtMs });
        return;
      }
    } catch (error) {
      this.#failedAtMs = this.clock.monotonicMs();
      this.#lastFailure = error;
    }
  }

  /** Insertion order is age here: the oldest goes first. */
  private remember(id: string, entry: Entry<T>): void {
    this.#entries.delete(id);
    this.#entries.set(id, entry);
    if (this.#entries.size <= MAX_ENTRIES) return;
    const oldest = this.#entries.keys().next().value;
    if (oldest !== undefined) this.#entries.delete(oldest);
  }
}
