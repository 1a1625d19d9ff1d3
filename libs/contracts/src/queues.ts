/** worker -> provisioner: "look at this instance". */
export const PROVISIONING_COMMANDS = 'provisioning.commands';
/** provisioner -> worker: what was seen and done. */
export const PROVISIONING_STATUS = 'provisioning.status';
/** worker -> worker: housekeeping, by one elected scheduler. */
export const MAINTENANCE = 'maintenance';

/** worker -> worker: a leased task has to be pushed to its agent. */
export const TASKS_DISPATCH = 'tasks.dispatch';
/** worker -> gateway: a leased tool call of a pipeline has to be carried out. */
export const TASKS_TOOLS = 'tasks.tools';
/** worker -> worker: "look at this run". */
export const PIPELINES_ADVANCE = 'pipelines.advance';
/** worker -> worker: "look at this delivery". */
export const NOTIFICATIONS_DELIVER = 'notifications.deliver';

export const QUEUES = [
  PROVISIONING_COMMANDS,
  PROVISIONING_STATUS,
  MAINTENANCE,
  TASKS_DISPATCH,
  TASKS_TOOLS,
  PIPELINES_ADVANCE,
  NOTIFICATIONS_DELIVER,
] as const;
export type QueueName = (typeof QUEUES)[number];

/** A second delivery of the same outbox row has the same job id and is ignored while the first is known. BullMQ forbids `:` here. */
export const outboxJobId = (outboxId: string, index: number): string => `obx_${outboxId}_${String(index)}`;
