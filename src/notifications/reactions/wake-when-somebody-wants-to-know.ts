import { type DeliverNotificationsV1, NOTIFICATIONS_DELIVER } from '@app/contracts';
import { type EventReaction, type RecordedEvent } from '@app/outbox';
import { type QueueMessage } from '@app/queues';
import { NOTIFIABLE_EVENTS } from '../domain/notifiable';

/**
 * Wakes whoever delivers. Who is to be told is looked up there, in a transaction: a reaction knows the event and nothing else.
 * A message that is lost costs seconds, because they look by themselves too.
 */
export const wakeWhenSomebodyWantsToKnow: EventReaction = {
  on: [...NOTIFIABLE_EVENTS, 'notification.redelivery.requested'],
  react: ({ id }: RecordedEvent): readonly QueueMessage[] => {
    const look: DeliverNotificationsV1 = { v: 1, event_id: id };
    return [{ queue: NOTIFICATIONS_DELIVER, data: look, keep: false }];
  },
};

export const notificationReactions: readonly EventReaction[] = [wakeWhenSomebodyWantsToKnow];
