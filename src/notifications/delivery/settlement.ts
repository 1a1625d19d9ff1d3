import { Injectable } from '@nestjs/common';
import { Database } from '@app/database';
import { EventAppender } from '@app/outbox';
import { type Counter, type Family, Metrics } from '@app/telemetry';
import { type Channel, type DueDelivery, type Outcome } from '../domain/delivery';
import { DeliverySchedule } from '../domain/delivery-schedule';
import { nextStep, type NextStep } from '../domain/next-step';
import { notificationDelivered, notificationFailed, webhookDisabled } from '../domain/notification.events';
import { DeliveryChanges } from '../persistence/delivery-changes';
import { SettlementRows } from '../persistence/settlement-rows';
import { WebhookRows } from '../persistence/webhook-rows';

/** Writes what became of a try: the message, its log, how its address fares, and the events, in one transaction. */
@Injectable()
export class Settlement {
  private readonly deliveries: Family<Counter>;

  // eslint-disable-next-line max-params -- A constructor that is called by the container; each part is one word here.
  constructor(
    private readonly db: Database,
    private readonly rows: SettlementRows,
    private readonly changes: DeliveryChanges,
    private readonly webhooks: WebhookRows,
    private readonly events: EventAppender,
    private readonly schedule: DeliverySchedule,
    metrics: Metrics,
  ) {
    // From the start: a counter that appears with its first delivery hides that one.
    this.deliveries = metrics.counter(
      'webhook_deliveries_total',
      'Tries to hand a notification over, by what became of it.',
      { labels: ['channel', 'outcome'] },
    );
  }

  async settle(channel: Channel, delivery: DueDelivery, outcome: Outcome, durationMs: number): Promise<void> {
    const step = nextStep(outcome, delivery.tries, this.schedule);
    const isOurs = await this.db.transaction(async () => {
      if (!(await this.rows.settle(delivery, step, outcome.responseStatus))) return false;
      await this.rows.record(delivery, outcome, durationMs);
      await this.tell(channel, delivery, step);
      await this.judgeTarget(delivery, outcome);
      return true;
    });
    if (isOurs) this.count(channel, step);
  }

  private async tell(channel: Channel, delivery: DueDelivery, step: NextStep): Promise<void> {
    if (step.status === 'retrying') return;
    const { id, event, runId, attempt, workspaceId } = delivery;
    const isDelivered = step.status === 'delivered';
    const facts = { id, event, channel, runId, attempt, reason: isDelivered ? null : step.reason };
    const fact = isDelivered ? notificationDelivered(facts) : notificationFailed(facts);
    await this.events.append([fact], { audit: false, workspaceId });
  }

  private async judgeTarget({ targetId, ...delivery }: DueDelivery, outcome: Outcome): Promise<void> {
    if (outcome.kind === 'delivered') {
      await this.rows.targetAnswered(targetId);
      return;
    }
    if (outcome.blames === 'us') return;
    const { failures, failingForMs } = await this.rows.targetFailed(targetId);
    const closedForMs = this.schedule.closedForMs(failures, outcome.retryAfterMs);
    if (closedForMs !== undefined) await this.rows.closeTarget(targetId, closedForMs);
    const { disableAfterMs } = this.schedule.times;
    if (delivery.endpointId === null || (outcome.isGone !== true && failingForMs < disableAfterMs)) return;
    await this.disable({ ...delivery, endpointId: delivery.endpointId }, outcome.isGone === true);
  }

  /** The notice is an event like any other: other webhooks and the recipients of mail may be told of it. */
  private async disable(
    { endpointId, address, workspaceId }: Omit<DueDelivery, 'targetId'> & { readonly endpointId: string },
    isGone: boolean,
  ): Promise<void> {
    const reason = isGone ? 'gone' : 'failing';
    if (!(await this.webhooks.disable(endpointId, reason))) return;
    const dropped = await this.changes.giveUp(endpointId, 'webhook_disabled');
    await this.events.append([webhookDisabled(endpointId, address, reason, dropped)], { workspaceId });
  }

  private count(channel: Channel, { status }: NextStep): void {
    this.deliveries.of(channel, status).add(1);
  }
}
