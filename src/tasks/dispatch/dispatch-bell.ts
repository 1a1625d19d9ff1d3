import { Injectable, Logger } from '@nestjs/common';
import { CHANNELS } from '@app/contracts';
import { PubSub } from '@app/queues';

/**
 * Wakes dispatch, wherever it runs. However often it is rung, one notice is on its way and at most one more follows: each
 * makes dispatch look at everything.
 */
@Injectable()
export class DispatchBell {
  private readonly logger = new Logger(DispatchBell.name);
  private isRinging = false;
  private isRungAgain = false;

  constructor(private readonly pubsub: PubSub) {}

  /** After the commit of what dispatch is to see. Never fails: dispatch looks by itself as well. */
  ring(): void {
    this.isRungAgain = true;
    if (!this.isRinging) void this.tell();
  }

  private async tell(): Promise<void> {
    this.isRinging = true;
    try {
      while (this.isRungAgain) {
        this.isRungAgain = false;
        await this.pubsub.publish(CHANNELS.dispatch, '');
      }
    } catch (error) {
      this.logger.debug(`dispatch was not woken: ${String(error)}`);
    } finally {
      this.isRinging = false;
    }
  }
}
