import {
  MAINTENANCE,
  NOTIFICATIONS_DELIVER,
  PIPELINES_ADVANCE,
  PROVISIONING_COMMANDS,
  PROVISIONING_STATUS,
  QUEUES,
  type QueueName,
  TASKS_DISPATCH,
  TASKS_TOOLS,
} from '@app/contracts';

/** What people lose while a queue is paused. */
export const QUEUE_PURPOSES: Readonly<Record<QueueName, string>> = {
  [PROVISIONING_COMMANDS]: 'Tells the provisioner which instances to look at: paused, only its sweep looks.',
  [PROVISIONING_STATUS]: 'Brings back what became of instances: paused, their status stands still.',
  [MAINTENANCE]: 'Sweeps, clears up and keeps time: paused, nothing old is removed.',
  [TASKS_DISPATCH]: 'Sends tasks to agents that are pushed to: paused, only agents that ask get work.',
  [TASKS_TOOLS]: 'Carries out tool calls of pipelines: paused, such stages wait.',
  [PIPELINES_ADVANCE]: 'Moves runs from stage to stage: paused, runs stand still.',
  [NOTIFICATIONS_DELIVER]: 'Delivers webhooks and e-mail: paused, they wait.',
};

export const isQueueName = (name: string): name is QueueName => (QUEUES as readonly string[]).includes(name);
