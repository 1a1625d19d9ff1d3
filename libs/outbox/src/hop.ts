import { type QueueMessage } from '@app/queues';
import { childTraceparent, tracer } from '@app/telemetry';

import { type RecordedEvent } from './recorded-event';

const SYSTEM = 'quayside_outbox';

/**
 * What messages of an event carry: where somebody keeps the spans of its trace, a part of its own for the way through the
 * outbox, from the commit to the queue; else what the event carries itself.
 */
export const hopOf = ({ traceparent }: RecordedEvent): string | undefined =>
  tracer.follows(traceparent) ? childTraceparent(traceparent) : traceparent;

/** They are in the queue. An event without messages went nowhere. */
export function tellHop(
  event: RecordedEvent,
  hop: string | undefined,
  messages: readonly QueueMessage[],
): void {
  if (hop === undefined || hop === event.traceparent || messages.length === 0) return;
  const endedAtMs = performance.now();
  tracer.record({
    ...{ name: `publish ${event.name}`, kind: 'producer', traceparent: hop, parent: event.traceparent },
    ...{ startedAtMs: endedAtMs - Math.max(0, Date.now() - event.occurredAt.getTime()), endedAtMs },
    attributes: {
      'messaging.system': SYSTEM,
      'messaging.operation.type': 'send',
      'messaging.destination.name': messages[0]?.queue,
      'messaging.message.id': event.id,
      'messaging.batch.message_count': messages.length,
    },
  });
}
