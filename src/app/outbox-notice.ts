import { CHANNELS } from '@app/contracts';
import { type PubSub } from '@app/queues';
import { type Logger } from '@app/telemetry';

const RETRY_AFTER_MS = 500;

/**
 * Wakes the relay, here or in another process; its poll finds what a lost notice leaves. One notice is under way at a
 * time: whatever commits meanwhile shares the next one, so that a burst of commands does not become a burst of notices.
 * One that could not be given is given again, for as long as this process lives: the relay seldom looks when nothing happens.
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
        this.logger.debug({ err: error }, 'the relay was not woken; it is told again');
        setTimeout(() => {
          this.give();
        }, RETRY_AFTER_MS).unref();
      }
    }
    this.#isUnderWay = false;
  }
}
