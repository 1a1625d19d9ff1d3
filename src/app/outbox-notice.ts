import { CHANNELS } from '@app/contracts';
import { type PubSub } from '@app/queues';
import { type Logger } from '@app/telemetry';

/**
 * Wakes the relay, here or in another process; its poll finds what a lost notice leaves. One notice is under way at a
 * time: whatever commits meanwhile shares the next one, so that a burst of commands does not become a burst of notices.
 */
export class OutboxNotice {
  #isUnderWay = false;
  #isDue = false;

  constructor(
    private readonly pubsub: Pick<PubSub, 'publish'>,
    private readonly logger: Pick<Logger, 'debug'>,
  ) {}

  give(): void {
    this.#isDue = true;
    if (!this.#isUnderWay) void this.#giveAll();
  }

  async #giveAll(): Promise<void> {
    this.#isUnderWay = true;
    while (this.#isDue) {
      this.#isDue = false;
      try {
        await this.pubsub.publish(CHANNELS.outbox, '');
      } catch (error) {
        this.logger.debug({ err: error }, 'the relay was not woken; it polls');
      }
    }
    this.#isUnderWay = false;
  }
}
