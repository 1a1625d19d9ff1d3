import {
  type BeforeApplicationShutdown,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { NOTIFICATIONS_DELIVER } from '@app/contracts';
import { type ConsumerState, QueueConsumer, QueueSet } from '@app/queues';
import { pause } from '@app/resilience';
import { requestContext, systemScope } from '@app/telemetry';
import { EventFollower } from '../following/event-follower';
import { DueDeliveries } from '../persistence/due-deliveries';
import { Courier } from './courier';
import { DeliveryHousekeeping } from './delivery-housekeeping';
import { MailCarrier } from './mail-carrier';
import { Settlement } from './settlement';
import { WebhookCarrier } from './webhook-carrier';

/** A message of the queue that was lost costs so long. */
const LOOK_EVERY_MS = 1_000;
const TIDY_EVERY_MS = 60_000;
const STOP_GRACE_MS = 5_000;

/** Runs the parts: the queue wakes, the database knows what is due, couriers carry it. */
@Injectable()
export class NotificationWorker implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(NotificationWorker.name);
  private readonly stopping = new AbortController();
  private readonly consumer: QueueConsumer;
  private readonly couriers: readonly Courier[];
  private working: Promise<unknown> = Promise.resolve();
  private tidiedAtMs = Number.NEGATIVE_INFINITY;
  private isFailing = false;

  // eslint-disable-next-line max-params -- A constructor that is called by the container; each part is one word here.
  constructor(
    queues: QueueSet,
    private readonly follower: EventFollower,
    private readonly housekeeping: DeliveryHousekeeping,
    due: DueDeliveries,
    settlement: Settlement,
    webhooks: WebhookCarrier,
    mail: MailCarrier,
  ) {
    this.couriers = [webhooks, mail].map((carrier) => new Courier(carrier, due, settlement));
    this.consumer = new QueueConsumer(queues.backend, {
      queue: NOTIFICATIONS_DELIVER,
      concurrency: 1,
      handle: () => this.look(),
    });
  }

  onApplicationBootstrap(): void {
    this.working = requestContext.run(systemScope('notifications'), () => this.work());
    for (const courier of this.couriers) courier.start();
    this.consumer.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await this.consumer.stop(STOP_GRACE_MS);
    await this.working;
    await Promise.all(this.couriers.map((courier) => courier.stop()));
  }

  state(): ConsumerState {
    return this.consumer.state();
  }

  /** Makes messages of new events. A message that somebody wants again is due without that, so the couriers always look. */
  async look(): Promise<void> {
    await this.follower.catchUp();
    for (const courier of this.couriers) courier.nudge();
  }

  private async work(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      await this.step();
      await pause(LOOK_EVERY_MS, this.stopping.signal).catch(() => undefined);
    }
  }

  private async step(): Promise<void> {
    try {
      if (await this.follower.catchUp()) for (const courier of this.couriers) courier.nudge();
      if (performance.now() - this.tidiedAtMs > TIDY_EVERY_MS) {
        this.tidiedAtMs = performance.now();
        await this.housekeeping.run();
      }
      this.isFailing = false;
    } catch (error) {
      if (!this.isFailing) this.logger.warn(`notifications wait: ${String(error)}`);
      this.isFailing = true;
    }
  }
}
