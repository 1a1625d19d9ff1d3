import { type Clock } from '@app/kernel';
import { SingleFlight } from '@app/resilience';

/** Younger lists are believed; older ones are shown while a new one is fetched. */
const TTL_MS = 60_000;
/** What a server that is away once offered is shown this long, and no longer callable anyway. */
const DISPLAY_MAX_MS = 10 * 60_000;
/** A list that was fetched this lately is not fetched again because a name is missing in it. */
const MISSING_AGAIN_AFTER_MS = 1_000;

export interface Listed<T> {
  readonly items: readonly T[];
  /** Why the list is an old one; absent when it is not. */
  readonly failure?: unknown;
}

/** One list of one server: tools, resources or prompts. */
export class ListCache<T> {
  private items: readonly T[] | undefined;
  private fetchedAtMs = Number.NEGATIVE_INFINITY;
  /** Grows when the server says that the list changed: an answer that was under way then is old. */
  private epoch = 0;
  private isChanged = false;
  private readonly flights = new SingleFlight<number, readonly T[]>();

  constructor(
    private readonly fetch: () => Promise<readonly T[]>,
    private readonly clock: Clock,
  ) {}

  invalidate(): void {
    this.epoch += 1;
    this.isChanged = true;
  }

  /** For display: the last good list with the failure, when there is no new one to be had. */
  async forDisplay(): Promise<Listed<T>> {
    if (this.items === undefined || this.isChanged) return this.freshOrLast();
    if (this.ageMs > TTL_MS) this.load().catch(() => undefined);
    return this.ageMs > DISPLAY_MAX_MS ? this.freshOrLast() : { items: this.items };
  }

  /** For a call: looks again when the name is not there, since the list may have grown without a word. */
  async find(matches: (item: T) => boolean): Promise<T | undefined> {
    const known = this.isChanged ? undefined : this.items?.find(matches);
    if (known !== undefined) {
      if (this.ageMs > TTL_MS) this.load().catch(() => undefined);
      return known;
    }
    if (!this.isChanged && this.ageMs < MISSING_AGAIN_AFTER_MS) return undefined;
    return (await this.load()).find(matches);
  }

  private get ageMs(): number {
    return this.clock.monotonicMs() - this.fetchedAtMs;
  }

  private async freshOrLast(): Promise<Listed<T>> {
    try {
      return { items: await this.load() };
    } catch (failure) {
      const isShowable = this.items !== undefined && this.ageMs <= DISPLAY_MAX_MS;
      return { items: isShowable ? (this.items ?? []) : [], failure };
    }
  }

  private load(): Promise<readonly T[]> {
    const { epoch } = this;
    return this.flights.run(epoch, async () => {
      const items = await this.fetch();
      if (epoch === this.epoch) this.isChanged = false;
      this.items = items;
      this.fetchedAtMs = this.clock.monotonicMs();
      return items;
    });
  }
}
