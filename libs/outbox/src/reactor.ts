import { outboxJobId } from '@app/contracts';
import { type QueueMessage } from '@app/queues';

import { type EventReaction } from './event-reaction';
import { type OutboxEntry } from './outbox-store';

/** Asks the reactions what an event sets in motion. The n-th message of a row has the same job id each time it is asked. */
export class Reactor {
  constructor(
    private readonly reactions: readonly EventReaction[],
    private readonly onBroken: (error: unknown, entry: OutboxEntry) => void,
  ) {}

  /** `traceparent`: of the part of the trace that sends them. */
  messagesOf(entry: OutboxEntry, traceparent = entry.event.traceparent): readonly QueueMessage[] {
    const { event, outboxId } = entry;
    const origin = {
      correlationId: event.correlationId,
      causationId: event.id,
      ...(traceparent === undefined ? {} : { traceparent }),
    };
    return this.reactions
      .filter(({ on }) => on === '*' || on.includes(event.name))
      .flatMap((reaction) => this.ask(reaction, entry))
      .map((message, index) => ({ ...message, jobId: outboxJobId(outboxId, index), origin }));
  }

  /** A reaction that throws is a bug; it must not stop the stream of everybody else. The sweep makes up for its message. */
  private ask(reaction: EventReaction, entry: OutboxEntry): readonly QueueMessage[] {
    try {
      return reaction.react(entry.event);
    } catch (error) {
      this.onBroken(error, entry);
      return [];
    }
  }
}
