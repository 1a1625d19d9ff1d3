import { Injectable, Logger } from '@nestjs/common';
import { CHANNELS } from '@app/contracts';
import { PubSub } from '@app/queues';

/** A notice is a few thousand bytes at most; an id and its comma are 37. */
const IDS_PER_NOTICE = 150;

type Hear = (runIds: readonly string[]) => void;

/**
 * Says that runs can go on, before the message of the queue does: where they are moved in this process at once, else by a
 * notice. The message comes all the same, so what is lost here costs only time.
 */
@Injectable()
export class RunBell {
  private readonly logger = new Logger(RunBell.name);
  private readonly hearers = new Set<Hear>();

  constructor(private readonly pubsub: PubSub) {}

  /** Answers how to stop. */
  onRing(hear: Hear): () => void {
    this.hearers.add(hear);
    return () => {
      this.hearers.delete(hear);
    };
  }

  /** After the commit of what lets them go on. Never fails. */
  ring(runIds: readonly string[]): void {
    const ids = [...new Set(runIds)];
    if (ids.length === 0) return;
    if (this.hearers.size === 0) void this.tell(ids);
    for (const hear of this.hearers) hear(ids);
  }

  private async tell(ids: readonly string[]): Promise<void> {
    try {
      for (let at = 0; at < ids.length; at += IDS_PER_NOTICE)
        await this.pubsub.publish(CHANNELS.runs, ids.slice(at, at + IDS_PER_NOTICE).join(','));
    } catch (error) {
      this.logger.debug(`runs were not woken: ${String(error)}`);
    }
  }
}
