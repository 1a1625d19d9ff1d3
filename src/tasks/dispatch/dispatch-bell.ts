import { Injectable, Logger } from '@nestjs/common';
import { CHANNELS } from '@app/contracts';
import { PubSub } from '@app/queues';

/** `hasWork`: something waits for sure; else somebody is free, and there may be nothing to do. */
type Hear = (hasWork: boolean) => void;

/**
 * Wakes dispatch, wherever it runs. However often it is rung, one notice is on its way and at most one more follows: each
 * makes dispatch look at everything. Where it runs in this process, nobody else has to hear.
 */
@Injectable()
export class DispatchBell {
  private readonly logger = new Logger(DispatchBell.name);
  private readonly hearers = new Set<Hear>();
  private isRinging = false;
  private isRungAgain = false;

  constructor(private readonly pubsub: PubSub) {}

  /** As long as somebody here hears it, it looks. Answers how to stop. */
  onRing(hear: Hear): () => void {
    this.hearers.add(hear);
    return () => {
      this.hearers.delete(hear);
    };
  }

  /** After the commit of what dispatch is to see. Never fails: dispatch looks by itself as well. */
  ring(hasWork = false): void {
    if (this.hearers.size > 0) {
      for (const hear of this.hearers) hear(hasWork);
      return;
    }
    this.passOn();
  }

  /** To whoever hears it in other processes. */
  passOn(): void {
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
