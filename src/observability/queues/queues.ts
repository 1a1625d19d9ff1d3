import { Injectable } from '@nestjs/common';
import { QUEUES, type QueueName } from '@app/contracts';
import { Database } from '@app/database';
import { type DomainEvent } from '@app/kernel';
import { EventAppender } from '@app/outbox';
import { type QueueCounts, type QueueLook, QueueSet } from '@app/queues';
import { isQueueName, QUEUE_PURPOSES } from './known-queues';
import { QueueUnknownError } from './queue.errors';

export interface SeenQueue extends QueueCounts, QueueLook {
  readonly name: QueueName;
  readonly purpose: string;
}

export interface SeenQueues {
  readonly backend: string;
  readonly at: Date;
  readonly queues: readonly SeenQueue[];
}

/** However many ask, the queues are looked at so often. */
const KEPT_MS = 2_000;

/** Shows how the queues do, and holds them back. */
@Injectable()
export class Queues {
  private seen: Promise<SeenQueues> | undefined;

  constructor(
    private readonly set: QueueSet,
    private readonly db: Database,
    private readonly events: EventAppender,
  ) {}

  list(): Promise<SeenQueues> {
    if (this.seen !== undefined) return this.seen;
    const seen = this.lookAtAll();
    this.seen = seen;
    const forget = (): void => {
      if (this.seen === seen) this.seen = undefined;
    };
    seen.then(() => setTimeout(forget, KEPT_MS).unref(), forget);
    return seen;
  }

  /** The event and the queue go together: where the queue does not answer there is no event either. */
  async setPaused(name: string, isPaused: boolean): Promise<SeenQueue> {
    if (!isQueueName(name)) throw new QueueUnknownError(name);
    await this.db.transaction(async () => {
      if ((await this.set.isPaused(name)) === isPaused) return;
      await this.events.append([queueChanged(name, isPaused)], {
        before: { paused: !isPaused },
        after: { paused: isPaused },
      });
      await this.set.setPaused(name, isPaused);
    });
    this.seen = undefined;
    return this.look(name);
  }

  /** One after the other: a back end has one connection for it. */
  private async lookAtAll(): Promise<SeenQueues> {
    const backend = await this.set.describe();
    const queues: SeenQueue[] = [];
    for (const name of QUEUES) queues.push(await this.look(name));
    return { backend, queues, at: new Date() };
  }

  private async look(name: QueueName): Promise<SeenQueue> {
    const [counts, look] = [await this.set.counts(name), await this.set.look(name)];
    return { name, purpose: QUEUE_PURPOSES[name], ...counts, ...look };
  }
}

const queueChanged = (name: QueueName, isPaused: boolean): DomainEvent => ({
  name: isPaused ? 'queue.paused' : 'queue.resumed',
  aggregateType: 'queues',
  aggregateId: name,
  data: { name },
  occurredAt: new Date(),
});
