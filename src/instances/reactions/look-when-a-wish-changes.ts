import { PROVISIONING_COMMANDS, type ReconcileInstanceV1 } from '@app/contracts';
import { type EventReaction, type RecordedEvent } from '@app/outbox';
import { type QueueMessage } from '@app/queues';
import { requestedEventName } from '../domain/instance.events';
import { OPERATION_KINDS } from '../domain/operation';
import { restartWhenASecretTurns } from './restart-when-a-secret-turns';

/** Every changed wish is a reason to look; what there is to do, the provisioner sees for itself. */
export const lookWhenAWishChanges: EventReaction = {
  on: OPERATION_KINDS.map(requestedEventName),
  react: ({ aggregateId, data }: RecordedEvent): readonly QueueMessage[] => {
    const look: ReconcileInstanceV1 = {
      v: 1,
      instance_id: aggregateId,
      generation: Number(data['generation']),
    };
    return [{ queue: PROVISIONING_COMMANDS, data: look }];
  },
};

export const instanceReactions: readonly EventReaction[] = [lookWhenAWishChanges, restartWhenASecretTurns];
