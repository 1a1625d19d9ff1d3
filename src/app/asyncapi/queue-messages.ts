import {
  INSTANCE_PHASES,
  MAINTENANCE,
  MAINTENANCE_TASKS,
  NOTIFICATIONS_DELIVER,
  PIPELINES_ADVANCE,
  PROVISIONING_COMMANDS,
  PROVISIONING_STATUS,
  type QueueName,
  TASKS_DISPATCH,
  TASKS_TOOLS,
} from '@app/contracts';
import { type JsonObject } from '@app/kernel';

export interface QueueSchema {
  readonly message: string;
  readonly from: string;
  readonly to: string;
  readonly summary: string;
  readonly payload: JsonObject;
}

const TEXT = { type: 'string' } as const;
const ID = { type: 'string', format: 'uuid' } as const;
const NUMBER = { type: 'integer', minimum: 0 } as const;
const OPTIONAL = [
  'seen_sequence',
  'others',
  'last_error',
  'secrets_failed',
  'event_id',
  'request_id',
  'scope',
  'name',
];

/** What is not optional is always there. */
const part = (properties: Readonly<Record<string, JsonObject>>): JsonObject => ({
  type: 'object',
  properties,
  required: Object.keys(properties).filter((name) => !OPTIONAL.includes(name)),
});

/** All are of version 1. */
const payload = (properties: Readonly<Record<string, JsonObject>>): JsonObject =>
  part({ v: { const: 1 }, ...properties });

const LOOK = { instance_id: ID, generation: NUMBER, seen_sequence: NUMBER } as const;

const REPORT: JsonObject = payload({
  ...{ report_id: ID, instance_id: ID, generation: NUMBER, sequence: NUMBER },
  ...{ phase: { enum: [...INSTANCE_PHASES] }, reason: TEXT, at: { type: 'string', format: 'date-time' } },
  ...{ attempt: NUMBER, next_attempt_at: { type: ['string', 'null'] } },
  ...{ containers: { type: 'array', items: { type: 'object' } }, upstream: { type: ['object', 'null'] } },
  ...{ tools: { type: ['integer', 'null'] }, era: { enum: ['older', 'newer', null] } },
  ...{ latency_ms: { type: ['number', 'null'] }, last_error: { type: ['object', 'null'] } },
  secret_delivery: { type: ['string', 'null'] },
  secret_delivery_reason: { type: ['string', 'null'] },
  secrets_read: { type: 'array', items: { type: 'object' } },
  secrets_failed: { type: 'array', items: TEXT },
});

/** What goes between the processes. Ids and numbers, never state and never a secret; a report is the exception. */
export const QUEUE_MESSAGES: Readonly<Record<QueueName, QueueSchema>> = {
  [PROVISIONING_COMMANDS]: {
    ...{ message: 'ReconcileInstance', from: 'worker', to: 'provisioner', summary: 'Look at this instance.' },
    payload: payload({ ...LOOK, others: { type: 'array', items: part(LOOK) } }),
  },
  [PROVISIONING_STATUS]: {
    ...{ message: 'InstanceStatusesReported', from: 'provisioner', to: 'worker' },
    summary: 'What was seen and done.',
    payload: payload({ reports: { type: 'array', items: REPORT } }),
  },
  [MAINTENANCE]: {
    ...{ message: 'Maintain', from: 'worker', to: 'worker', summary: 'Housekeeping is due.' },
    payload: payload({
      task: { enum: [...MAINTENANCE_TASKS] },
      ...{ event_id: ID, request_id: TEXT, scope: TEXT, name: TEXT },
    }),
  },
  [TASKS_DISPATCH]: {
    ...{ message: 'DispatchTask', from: 'worker', to: 'worker', summary: 'Look at this task.' },
    payload: payload({ task_id: ID, lease_gen: NUMBER }),
  },
  [TASKS_TOOLS]: {
    ...{
      message: 'CallTool',
      from: 'worker',
      to: 'gateway',
      summary: 'Carry out this tool call of a pipeline.',
    },
    payload: payload({ task_id: ID, lease_gen: NUMBER }),
  },
  [PIPELINES_ADVANCE]: {
    ...{ message: 'AdvanceRun', from: 'worker', to: 'worker', summary: 'Look at this run.' },
    payload: payload({ run_id: ID }),
  },
  [NOTIFICATIONS_DELIVER]: {
    ...{ message: 'DeliverNotifications', from: 'worker', to: 'worker', summary: 'Deliveries may be due.' },
    payload: { ...payload({ event_id: ID }), required: ['v', 'event_id'] },
  },
};
