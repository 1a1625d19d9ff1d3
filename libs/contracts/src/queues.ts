/** worker -> provisioner: "look at this instance". */
export const PROVISIONING_COMMANDS = 'provisioning.commands';
/** provisioner -> worker: what was seen and done. */
export const PROVISIONING_STATUS = 'provisioning.status';
/** worker -> worker: housekeeping, by one elected scheduler. */
export const MAINTENANCE = 'maintenance';

export const QUEUES = [PROVISIONING_COMMANDS, PROVISIONING_STATUS, MAINTENANCE] as const;
export type QueueName = (typeof QUEUES)[number];

/** A second delivery of the same outbox row has the same job id and is ignored while the first is known. BullMQ forbids `:` here. */
export const outboxJobId = (outboxId: string, index: number): string => `obx_${outboxId}_${String(index)}`;
