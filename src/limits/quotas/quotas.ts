import { Injectable, Optional } from '@nestjs/common';
import { type Clock, systemClock } from '@app/kernel';
import { type Counter, type Family, Metrics } from '@app/telemetry';
import { QuotaExceededError, type QuotaRefusal } from '../domain/limits.errors';
import { type DailyResource, endOfUtcDay, type HeldAmounts, utcDay } from '../domain/quota-resource';
import { type Holder, QuotaRows } from '../persistence/quota-rows';
import { type QuotaOwner } from './quota-owner';

/**
 * Counts use where it happens: every method joins the caller's transaction, so that there is no use without its count, and
 * nothing is counted that was rolled back. Throws a `QuotaExceededError`, after which the transaction has to be given up.
 */
@Injectable()
export class Quotas {
  private readonly refusals: Family<Counter> | undefined;

  constructor(
    private readonly rows: QuotaRows,
    @Optional() metrics?: Metrics,
    @Optional() private readonly clock: Clock = systemClock,
  ) {
    this.refusals = metrics?.counter('quota_exceeded_total', 'What was refused by a quota.', {
      labels: ['resource'],
    });
  }

  /** What a thing holds from now on. Only more than before can be refused; said twice it counts once. */
  async hold(holder: Holder, amounts: HeldAmounts, owner: QuotaOwner): Promise<void> {
    const refused = await this.rows.hold(holder, amounts, owner);
    if (refused !== undefined) throw this.refusal({ ...refused, reset: null });
  }

  /** The thing is gone, or is going. */
  async release(holder: Holder, owner: QuotaOwner): Promise<void> {
    await this.rows.hold(holder, {}, owner);
  }

  /** Uses up some of what there is for today. */
  async take(resource: DailyResource, amount: number, owner: QuotaOwner): Promise<void> {
    const now = this.clock.now();
    const drawn = await this.rows.draw({
      ...{ owner, resource, day: utcDay(now) },
      ...{ least: amount, wanted: amount },
    });
    if (drawn.granted >= amount) return;
    const { used, limit } = drawn;
    throw this.refusal({ resource, scope: drawn.scope ?? 'workspace', used, limit, reset: endOfUtcDay(now) });
  }

  refusal(refused: QuotaRefusal): QuotaExceededError {
    this.refusals?.of(refused.resource).add(1);
    return new QuotaExceededError(refused);
  }
}
