import { type DispatchTaskV1, TASKS_DISPATCH } from '@app/contracts';
import { type EventReaction, type RecordedEvent } from '@app/outbox';
import { type QueueMessage } from '@app/queues';
import { taskEventName } from '../domain/task.events';

/** What was given to an agent that did not ask has to be carried there; what was asked for was in the answer. */
export const carryWhatWasGiven: EventReaction = {
  on: [taskEventName('started')],
  react: ({ aggregateId, data }: RecordedEvent): readonly QueueMessage[] =>
    data['push'] === true
      ? [{ queue: TASKS_DISPATCH, data: lookAt(aggregateId, Number(data['lease_gen'])), keep: false }]
      : [],
};

/** Agents that ask hear it when they report; the others are sent word. What there is to do, the task says. */
export const sayThatNobodyWantsIt: EventReaction = {
  on: [taskEventName('cancel.requested')],
  react: ({ aggregateId, data }: RecordedEvent): readonly QueueMessage[] =>
    data['executor'] === 'agent'
      ? [{ queue: TASKS_DISPATCH, data: lookAt(aggregateId, Number(data['lease_gen'] ?? 0)), keep: false }]
      : [],
};

const lookAt = (taskId: string, leaseGen: number): DispatchTaskV1 => ({
  ...{ v: 1, task_id: taskId, lease_gen: leaseGen },
});
