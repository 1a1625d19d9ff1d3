import {
  type BeforeApplicationShutdown,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { NOTIFICATIONS_DELIVER } from '@app/contracts';
import { LookOut } from '@app/outbox';
import { type ConsumerState, PubSub, QueueConsumer, QueueSet } from '@app/queues';
import { EventFollower } from '../following/event-follower';
import { DueDeliveries } from '../persistence/due-deliveries';
import { Courier } from './courier';
import { DeliveryHousekeeping } from './delivery-housekeeping';
import { MailCarrier } from './mail-carrier';
import { Settlement } from './settlement';
import { WebhookCarrier } from './webhook-carrier';

const TIDY_EVERY_MS = 60_000;
const STOP_GRACE_MS = 5_000;

/** Runs the parts: the queue wakes, the database knows what is due, couriers carry it. */
@Injectable()
export class NotificationWorker implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(NotificationWorker.name);
  private readonly consumer: QueueConsumer;
  private readonly couriers: readonly Courier[];
  private readonly lookOut: LookOut;
  private tidiedAtMs = Number.NEGATIVE_INFINITY;

  // eslint-disable-next-line max-params -- A constructor that is called by the container; each part is one word here.
  constructor(
    queues: QueueSet,
    private readonly follower: EventFollower,
    private readonly housekeeping: DeliveryHousekeeping,
    due: DueDeliveries,
    settlement: Settlement,
    webhooks: WebhookCarrier,
    mail: MailCarrier,
    pubsub: PubSub,
  ) {
    this.couriers = [webhooks, mail].map((carrier) => new Courier(carrier, due, settlement));
    this.consumer = new QueueConsumer(queues.backend, {
      sender: queues,
      queue: NOTIFICATIONS_DELIVER,
      concurrency: 1,
      handle: () => this.look(),
    });
    this.lookOut = new LookOut({
      ...{ name: 'notifications', pubsub, look: () => this.step() },
      onFailure: (error) => {
        this.logger.warn(`notifications wait: ${String(error)}`);
      },
    });
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.lookOut.start();
    for (const courier of this.couriers) courier.start();
    this.consumer.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.consumer.stop(STOP_GRACE_MS);
    await this.lookOut.stop();
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

  /** What a lost message of the queue leaves. */
  private async step(): Promise<undefined> {
    await this.look();
    if (performance.now() - this.tidiedAtMs > TIDY_EVERY_MS) {
      this.tidiedAtMs = performance.now();
      await this.housekeeping.run();
    }
  }
}
