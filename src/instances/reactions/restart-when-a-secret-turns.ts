import { MAINTENANCE, type RestartUsersV1 } from '@app/contracts';
import { type EventReaction, type RecordedEvent } from '@app/outbox';
import { type QueueMessage } from '@app/queues';

/** A first version was referred to by nobody before it; every later one may be what somebody waits for. */
export const restartWhenASecretTurns: EventReaction = {
  on: ['secret.stored'],
  react: ({ id, correlationId, data }: RecordedEvent): readonly QueueMessage[] => {
    const { scope, name, version } = data;
    if (typeof scope !== 'string' || typeof name !== 'string' || Number(version) < 2) return [];
    const task: RestartUsersV1 = {
      v: 1,
      task: 'restart-users',
      event_id: id,
      request_id: correlationId,
      scope,
      name,
    };
    return [{ queue: MAINTENANCE, data: task }];
  },
};
