import { type Clock, isSameJson } from '@app/kernel';
import { SingleFlight } from '@app/resilience';

/** Younger lists are believed where the server says nothing; older ones are shown while a new one is fetched. */
export const DEFAULT_TTL_MS = 60_000;
/** What a server that is away once offered is shown this long, and no longer callable anyway. */
const DISPLAY_MAX_MS = 10 * 60_000;
/** A list that was fetched this lately is not fetched again because a name is missing in it. */
const MISSING_AGAIN_AFTER_MS = 1_000;

export interface Fetched<T> {
  readonly items: readonly T[];
  readonly ttlMs?: number | undefined;
  readonly isPublic?: boolean;
}

export interface Listed<T> {
  /** The same object for as long as the list says the same. */
  readonly items: readonly T[];
  /** Why the list is an old one; absent when it is not. */
  readonly failure?: unknown;
}

/** Keeps back what may not be offered. */
export interface ListJudge<T> {
  sift(items: readonly T[]): readonly T[];
}

/** One list of one server: tools, resources or prompts. */
export class ListCache<T> {
  private items: readonly T[] | undefined;
  private fetchedAtMs = Number.NEGATIVE_INFINITY;
  private ttlMs = DEFAULT_TTL_MS;
  private isForAll = false;
  /** Grows when the server says that the list changed: an answer that was under way then is old. */
  private epoch = 0;
  private isChanged = false;
  private readonly flights = new SingleFlight<number, readonly T[]>();

  constructor(
    private readonly fetch: () => Promise<Fetched<T>>,
    private readonly clock: Clock,
    /** What of a list may be offered. */
    private readonly judge: ListJudge<T> = { sift: (items) => items },
  ) {}

  /** How long what is shown now may be believed; 0 when it may not. */
  get believedForMs(): number {
    return this.isChanged ? 0 : Math.max(0, this.ttlMs - this.ageMs);
  }

  get isPublic(): boolean {
    return this.isForAll;
  }

  invalidate(): void {
    this.epoch += 1;
    this.isChanged = true;
  }

  /** What was there last, for as long as that may be shown. */
  private last(): readonly T[] | undefined {
    return this.ageMs > DISPLAY_MAX_MS ? undefined : this.items;
  }

  /** For display: the last good list with the failure, when there is no new one to be had. */
  async forDisplay(fetch = this.fetch): Promise<Listed<T>> {
    // A list that may not be kept at all is fetched for everyone who wants to see it.
    if (this.items === undefined || this.isChanged || this.ttlMs === 0) return this.freshOrLast(fetch);
    if (this.ageMs > this.ttlMs) this.load(fetch).catch(() => undefined);
    return this.ageMs > DISPLAY_MAX_MS ? this.freshOrLast(fetch) : { items: this.items };
  }

  /** For a call, without waiting; a list that is too old is looked at again meanwhile. */
  findNow(matches: (item: T) => boolean, fetch = this.fetch): T | undefined {
    const known = this.isChanged ? undefined : this.items?.find(matches);
    if (known !== undefined && this.ageMs > this.ttlMs) this.load(fetch).catch(() => undefined);
    return known;
  }

  /** The same, but looks again when the name is not there, since the list may have grown without a word. */
  async find(matches: (item: T) => boolean, fetch = this.fetch): Promise<T | undefined> {
    const known = this.findNow(matches, fetch);
    if (known !== undefined) return known;
    if (!this.mayLookAgain) return undefined;
    return (await this.load(fetch)).find(matches);
  }

  /** False right after a look: what is missing then is missing. */
  private get mayLookAgain(): boolean {
    return this.isChanged || this.ageMs >= MISSING_AGAIN_AFTER_MS;
  }

  private get ageMs(): number {
    return this.clock.monotonicMs() - this.fetchedAtMs;
  }

  private async freshOrLast(fetch: () => Promise<Fetched<T>>): Promise<Listed<T>> {
    try {
      return { items: await this.load(fetch) };
    } catch (failure) {
      return { items: this.last() ?? [], failure };
    }
  }

  load(fetch = this.fetch): Promise<readonly T[]> {
    const { epoch } = this;
    return this.flights.run(epoch, async () => {
      const { items: all, ttlMs, isPublic } = await fetch();
      const items = this.judge.sift(all);
      if (epoch === this.epoch) this.isChanged = false;
      this.ttlMs = ttlMs ?? DEFAULT_TTL_MS;
      this.isForAll = isPublic === true;
      this.fetchedAtMs = this.clock.monotonicMs();
      // Who joins lists sees by the object whether there is anything to do.
      if (this.items === undefined || !isSameJson(this.items, items)) this.items = items;
      return this.items;
    });
  }
}
