import { Injectable, Logger } from '@nestjs/common';
import { CHANNELS } from '@app/contracts';
import { Database } from '@app/database';
import { PubSub } from '@app/queues';

/** Tells the other processes that an instance changed, once it is true. */
@Injectable()
export class InstanceAnnouncer {
  private readonly logger = new Logger(InstanceAnnouncer.name);

  constructor(
    private readonly db: Database,
    private readonly pubsub: PubSub,
  ) {}

  /** A lost notice costs latency: whoever listens also looks by itself. */
  changed(instanceId: string): void {
    this.db.afterCommit(() => {
      this.pubsub.publish(CHANNELS.instances, instanceId).catch((error: unknown) => {
        this.logger.debug(`change of ${instanceId} was not announced: ${String(error)}`);
      });
    });
  }
}
