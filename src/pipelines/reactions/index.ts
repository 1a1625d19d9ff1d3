import { type AdvanceRunV1, type CallToolV1, PIPELINES_ADVANCE, TASKS_TOOLS } from '@app/contracts';
import { type EventReaction, type RecordedEvent } from '@app/outbox';
import { type QueueMessage } from '@app/queues';

const look = (runId: unknown): readonly QueueMessage[] => {
  if (typeof runId !== 'string') return [];
  const data: AdvanceRunV1 = { v: 1, run_id: runId };
  return [{ queue: PIPELINES_ADVANCE, data, keep: false }];
};

/** A run that was written down is begun. */
export const lookWhenARunIsStarted: EventReaction = {
  on: ['pipeline.run.started'],
  react: ({ data }: RecordedEvent) => look(data['run_id']),
};

/** The work of a stage has ended. */
export const lookWhenATaskHasEnded: EventReaction = {
  on: ['task.completed', 'task.failed', 'task.cancelled'],
  react: ({ data }: RecordedEvent) => look(data['run_id']),
};

/** The inner run of a stage has ended. */
export const lookWhenAnInnerRunHasEnded: EventReaction = {
  on: ['pipeline.run.completed', 'pipeline.run.failed', 'pipeline.run.cancelled'],
  react: ({ data }: RecordedEvent) => look(data['parent_run_id']),
};

/** A tool call has been given its turn: a gateway carries it out. */
export const callToolsWhenTheyAreStarted: EventReaction = {
  on: ['task.started'],
  react: ({ data }: RecordedEvent): readonly QueueMessage[] => {
    const { executor, task_id: taskId, lease_gen: leaseGen } = data;
    if (executor !== 'gateway' || typeof taskId !== 'string' || typeof leaseGen !== 'number') return [];
    const call: CallToolV1 = { v: 1, task_id: taskId, lease_gen: leaseGen };
    return [{ queue: TASKS_TOOLS, data: call, keep: false }];
  },
};

export const pipelineReactions: readonly EventReaction[] = [
  lookWhenARunIsStarted,
  lookWhenATaskHasEnded,
  lookWhenAnInnerRunHasEnded,
  callToolsWhenTheyAreStarted,
];
