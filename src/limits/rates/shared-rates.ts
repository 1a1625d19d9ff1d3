import { randomUUID } from 'node:crypto';
import { Logger } from '@nestjs/common';
import { type Clock } from '@app/kernel';
import { LocalRates, type RateEntry, type RedisRates, type Taken } from '@app/resilience';

/** While the store is away it is asked this often, by one request, not by each. */
const PAUSE_MS = 1_000;
const GREET_EVERY_MS = 10_000;

type Store = Pick<RedisRates, 'take' | 'giveBack' | 'greet' | 'close' | 'isConnected'>;

/**
 * Counts in the store that all processes share; while it is away each counts for itself, up to its share of the limit, from
 * where the common count was as far as this process knows it. Never open, and never everything closed.
 */
export class SharedRates {
  private readonly logger = new Logger('RateLimits');
  private readonly processId = randomUUID();
  private readonly local: LocalRates;
  private nextTryMs = Number.NEGATIVE_INFINITY;
  private isAway = false;
  /** How many processes there were when one could ask. */
  private peers = 1;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly clock: Clock,
    /** Absent: this process is the only one that counts. */
    private readonly store?: Store,
  ) {
    this.local = new LocalRates(clock);
  }

  /** For people: where it is counted, and whether that is where it should be. */
  get state(): { readonly ok: boolean; readonly detail: string; readonly mode: string } {
    if (this.store === undefined)
      return { ok: true, detail: 'Requests are counted in this process.', mode: 'in process' };
    if (this.isAway)
      return {
        ok: false,
        detail: `Redis does not answer: this process counts up to its share, one of ${this.peers}.`,
        mode: 'in process',
      };
    return { ok: true, detail: `Requests are counted in Redis, by ${this.peers} processes.`, mode: 'Redis' };
  }

  start(): void {
    if (this.store === undefined) return;
    void this.greet();
    this.timer = setInterval(() => void this.greet(), GREET_EVERY_MS).unref();
  }

  stop(): void {
    clearInterval(this.timer);
    this.store?.close();
  }

  /** At once, where this process counts by itself. */
  takeNow(entries: readonly RateEntry[], wanted: number): Taken | undefined {
    if (this.store === undefined) return this.local.takeNow(entries, wanted);
    return this.mayAsk() ? undefined : this.local.takeNow(entries, wanted, this.peers);
  }

  async take(entries: readonly RateEntry[], wanted: number): Promise<Taken> {
    const { store } = this;
    if (store === undefined) return this.local.takeNow(entries, wanted);
    if (!this.mayAsk()) return this.local.takeNow(entries, wanted, this.peers);
    if (this.isAway) this.nextTryMs = this.clock.monotonicMs() + PAUSE_MS;
    try {
      const taken = await store.take(entries, wanted);
      if (taken.granted > 0) this.local.record(entries, taken.granted);
      this.cameBack();
      return taken;
    } catch (error) {
      this.wentAway(error);
      return this.local.takeNow(entries, wanted, this.peers);
    }
  }

  async giveBack(entries: readonly RateEntry[], count: number): Promise<void> {
    await this.local.giveBack(entries, count);
    if (this.store === undefined || this.isAway) return;
    try {
      await this.store.giveBack(entries, count);
    } catch (error) {
      this.wentAway(error);
    }
  }

  private mayAsk(): boolean {
    return !this.isAway || this.clock.monotonicMs() >= this.nextTryMs;
  }

  private async greet(): Promise<void> {
    try {
      if (this.store?.isConnected === true) this.peers = Math.max(1, await this.store.greet(this.processId));
    } catch (error) {
      this.wentAway(error);
    }
  }

  private cameBack(): void {
    if (!this.isAway) return;
    this.isAway = false;
    this.logger.log('requests are counted in Redis again');
    void this.greet();
  }

  private wentAway(error: unknown): void {
    this.nextTryMs = this.clock.monotonicMs() + PAUSE_MS;
    if (this.isAway) return;
    this.isAway = true;
    this.logger.warn(`requests are counted in this process, up to its share: ${String(error)}`);
  }
}
