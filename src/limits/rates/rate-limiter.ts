import { Injectable, type OnApplicationShutdown, type OnModuleInit, Optional } from '@nestjs/common';
import { type Clock, systemClock } from '@app/kernel';
import { RedisRates } from '@app/resilience';
import { type Counter, type Family, Metrics } from '@app/telemetry';
import { StoredSettings } from '../../settings';
import { RateLimitedError } from '../domain/limits.errors';
import { type RateClass } from '../domain/rate-class';
import { LimitsOptions } from '../limits.options';
import { LeasedRates } from './leased-rates';
import {
  type RateAsk,
  askOf,
  type RateCaller,
  type RatePolicy,
  type RateVerdict,
  verdictOf,
} from './rate-ask';
import { SharedRates } from './shared-rates';

/** Counts requests by policy and caller. Policies are stored settings and may change at any time. */
@Injectable()
export class RateLimiter implements OnModuleInit, OnApplicationShutdown {
  readonly shared: SharedRates;
  private readonly leased: LeasedRates;
  private readonly refusals: Family<Counter> | undefined;
  /** By the object that stands for who calls: asked for at each request, made once. Forgotten with every change of a policy. */
  private asks = new WeakMap<object, Map<RateClass, RateAsk | undefined>>();

  constructor(
    private readonly settings: StoredSettings,
    @Optional() options?: LimitsOptions,
    @Optional() metrics?: Metrics,
    @Optional() clock: Clock = systemClock,
  ) {
    const url = options?.redisUrl;
    const store = url === undefined ? undefined : new RedisRates(url, options?.installation ?? 'quayside');
    this.shared = new SharedRates(clock, store);
    this.leased = new LeasedRates(this.shared, clock);
    this.refusals = metrics?.counter('rate_limited_total', 'Requests refused by a rate limit.', {
      labels: ['policy'],
    });
    settings.onChange(() => {
      this.asks = new WeakMap();
    });
  }

  onModuleInit(): void {
    this.shared.start();
  }

  onApplicationShutdown(): void {
    this.shared.stop();
  }

  /** Counts one request; undefined where no limit applies. */
  async consume(policy: RateClass, caller: RateCaller): Promise<RateVerdict | undefined> {
    const ask = this.askFor(policy, caller);
    return ask === undefined ? undefined : this.judge(ask, await this.leased.take(ask));
  }

  /** The same without waiting; `later` where the store has to be asked first. */
  consumeNow(policy: RateClass, caller: RateCaller): RateVerdict | 'later' | undefined {
    const ask = this.askFor(policy, caller);
    if (ask === undefined) return undefined;
    const taken = this.leased.takeNow(ask);
    return taken === undefined ? 'later' : this.judge(ask, taken);
  }

  /** Counts one try, of which there are few: nothing is taken ahead, and no try passes beside another. */
  async admit(policy: RateClass, caller: RateCaller): Promise<void> {
    const ask = this.askFor(policy, caller);
    if (ask === undefined) return;
    const verdict = this.judge(ask, await this.shared.take(ask.entries, 1));
    if (!verdict.allowed) throw refusalOf(verdict);
  }

  /** The try was none that counts. */
  async giveBack(policy: RateClass, caller: RateCaller): Promise<void> {
    const ask = this.askFor(policy, caller);
    if (ask !== undefined) await this.shared.giveBack(ask.entries, 1);
  }

  private judge(ask: RateAsk, taken: Parameters<typeof verdictOf>[1]): RateVerdict {
    const verdict = verdictOf(ask, taken);
    if (!verdict.allowed) this.refusals?.of(ask.policy).add(1);
    return verdict;
  }

  private askFor(policy: RateClass, caller: RateCaller): RateAsk | undefined {
    const values: RatePolicy = this.settings.get(`rate_limit_${policy}`);
    // An address changes from request to request of one caller: such an ask is not kept.
    const { principal } = caller;
    if (principal === undefined || typeof values.address === 'number') return askOf(policy, values, caller);
    const known = this.asks.get(principal) ?? new Map<RateClass, RateAsk | undefined>();
    if (known.has(policy)) return known.get(policy);
    const made = askOf(policy, values, caller);
    this.asks.set(principal, known.set(policy, made));
    return made;
  }
}

export const refusalOf = ({ policy, scope, retryAfterS }: RateVerdict): RateLimitedError =>
  new RateLimitedError(policy, scope, retryAfterS);
