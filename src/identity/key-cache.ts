import { type Clock } from '@app/kernel';
import { SingleFlight, withTimeout } from '@app/resilience';
import { type ApiKey, type ApiKeyStore } from './domain/api-key';
import { IdentityUnavailableError } from './domain/identity.errors';

/** A revoked key works at most this long. */
const FRESH_MS = 5_000;
/** From here on a use asks for news in the background, so that a busy key never waits for the database. */
const REFRESH_AFTER_MS = 2_000;
/** Longer than a healthy look-up by far; a database that needs more counts as away. */
const LOOKUP_LIMIT_MS = 1_000;
/** While the database is away it is asked this often, not by every call. */
const PAUSE_AFTER_FAILURE_MS = 1_000;
/** Keys remembered, unknown ids included: a flood of invented ids only pushes out other invented ids and idle keys. */
const MAX_ENTRIES = 10_000;

interface Entry {
  readonly key: ApiKey | undefined;
  readonly confirmedAtMs: number;
}

/**
 * Keys in memory. Fresh for 5 s; with the store away the last known answer stands until `maxStalenessMs`, then nothing does:
 * static stability must end somewhere, and it ends closed.
 */
export class KeyCache {
  readonly #entries = new Map<string, Entry>();
  readonly #flights = new SingleFlight<string, void>();
  #failedAtMs = Number.NEGATIVE_INFINITY;
  #lastFailure: unknown;

  constructor(
    private readonly store: ApiKeyStore,
    private readonly maxStalenessMs: number,
    private readonly clock: Clock,
  ) {}

  async get(id: string): Promise<ApiKey | undefined> {
    const known = this.#entries.get(id);
    const ageMs = this.ageOf(known);
    if (known !== undefined && ageMs < FRESH_MS) {
      if (ageMs > REFRESH_AFTER_MS) void this.refresh(id);
      return known.key;
    }
    await this.refresh(id);
    return this.answerFromMemory(id);
  }

  private answerFromMemory(id: string): ApiKey | undefined {
    const entry = this.#entries.get(id);
    if (entry === undefined || this.ageOf(entry) >= this.maxStalenessMs) {
      throw new IdentityUnavailableError({ cause: this.#lastFailure });
    }
    return entry.key;
  }

  private ageOf(entry: Entry | undefined): number {
    return entry === undefined ? Number.POSITIVE_INFINITY : this.clock.monotonicMs() - entry.confirmedAtMs;
  }

  /** Never rejects: whoever waits for it looks at the entry afterwards. One flight per id. */
  private refresh(id: string): Promise<void> {
    if (this.clock.monotonicMs() - this.#failedAtMs < PAUSE_AFTER_FAILURE_MS) return Promise.resolve();
    return this.#flights.run(id, () => this.load(id));
  }

  private async load(id: string): Promise<void> {
    const startedAtMs = this.clock.monotonicMs();
    try {
      const key = await withTimeout(LOOKUP_LIMIT_MS, () => this.store.find(id));
      this.remember(id, { key, confirmedAtMs: startedAtMs });
    } catch (error) {
      this.#failedAtMs = this.clock.monotonicMs();
      this.#lastFailure = error;
    }
  }

  /** Insertion order is age here: the oldest goes first. */
  private remember(id: string, entry: Entry): void {
    this.#entries.delete(id);
    this.#entries.set(id, entry);
    if (this.#entries.size <= MAX_ENTRIES) return;
    const oldest = this.#entries.keys().next().value;
    if (oldest !== undefined) this.#entries.delete(oldest);
  }
}
