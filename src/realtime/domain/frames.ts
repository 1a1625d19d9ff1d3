import { type JsonObject, type JsonValue } from '@app/kernel';
import { type LogEvent, type ToolCall } from './log-event';
import { type Topic, topicOf } from './topics';

export type Frame = JsonObject & { readonly type: string };

/** What an instance is on its way to, once somebody asked for something. Otherwise the name of the event is its status. */
const ASKED_STATUS: Readonly<Record<string, string>> = {
  start: 'requested',
  create: 'requested',
  update: 'requested',
  restart: 'restarting',
  stop: 'stopping',
  delete: 'deleting',
};

const FRAMES: Readonly<Record<Exclude<Topic, 'tools'>, (event: LogEvent) => Frame>> = {
  tasks: (event) => ({
    type: 'task_update',
    ...members(event, ['task_id', 'status', 'progress']),
    timestamp: timeOf(event),
    ...rest(event, ['run_id', 'pipeline_id', 'stage', 'stage_run_id', 'assigned_agent', 'attempt', 'error']),
    ...{ task_type: event.data['type'] ?? null, event: event.name },
  }),
  agents: (event) => ({
    type: 'agent_update',
    ...members(event, ['agent_id', 'status', 'current_load']),
    timestamp: timeOf(event),
    ...rest(event, ['name', 'running_tasks', 'reason']),
    event: event.name,
  }),
  pipelines: (event) => (isOfRun(event) ? pipelineProgress(event) : pipelineUpdate(event)),
  instances: (event) => ({
    type: 'instance_update',
    ...members(event, ['instance_id', 'name']),
    status: statusOf(event),
    timestamp: timeOf(event),
    ...rest(event, ['generation', 'reason', 'attempt', 'next_attempt_at', 'tools']),
    event: event.name,
  }),
  notifications: (event) => ({
    ...{ type: 'notification', event: event.name },
    ...{ resource_type: event.aggregateType, resource_id: event.aggregateId },
    timestamp: timeOf(event),
    data: event.data,
  }),
  audit: (event) => ({
    ...{ type: 'audit', action: event.name, actor: event.actor },
    ...{ resource_type: event.aggregateType, resource_id: event.aggregateId },
    timestamp: timeOf(event),
    data: event.data,
  }),
};

/** The flat shape of an event. Its number comes last, so that what was printed stands first. */
export function frameOf(event: LogEvent): Frame {
  const topic = topicOf(event.name);
  const frame = topic === 'tools' ? FRAMES.audit(event) : FRAMES[topic](event);
  return { ...frame, sequence: event.sequence };
}

/**
 * A task that failed is told twice: as the end of the task, and as an error. The error comes first and has no number, because
 * a number stands for one event: whoever comes back with the last number it saw has then either both or gets both again.
 */
export function errorFrameOf(event: LogEvent): Frame | undefined {
  if (event.name !== 'task.failed') return undefined;
  const error = event.data['error'];
  const { code, message } = isObject(error) ? error : {};
  return {
    type: 'error',
    task_id: event.data['task_id'] ?? event.aggregateId,
    error: 'Task execution failed',
    details: { code: code ?? 'unknown', message: message ?? '' },
    timestamp: timeOf(event),
    ...rest(event, ['run_id', 'pipeline_id', 'dead_reason']),
    event_id: event.id,
  };
}

export const toolCallFrameOf = (call: ToolCall): Frame => ({
  ...{ type: 'tool_call', call_id: call.id, instance_id: call.instanceId, server_name: call.serverName },
  ...{ tool_name: call.tool, outcome: call.outcome, duration_ms: Math.round(call.durationMs) },
  ...{ actor: call.actor, timestamp: call.at.toISOString() },
});

function pipelineProgress(event: LogEvent): Frame {
  return {
    type: 'pipeline_progress',
    ...members(event, ['pipeline_id', 'current_stage', 'completed_stages', 'progress']),
    timestamp: timeOf(event),
    ...rest(event, ['run_id', 'pipeline_name', 'version', 'status', 'stage', 'stage_name', 'stage_run_id']),
    ...rest(event, ['attempt', 'error']),
    event: event.name,
  };
}

const pipelineUpdate = (event: LogEvent): Frame => ({
  type: 'pipeline_update',
  pipeline_id: event.data['pipeline_id'] ?? event.aggregateId,
  timestamp: timeOf(event),
  ...rest(event, ['name', 'pipeline_name', 'version', 'schedule_id']),
  event: event.name,
});

const isOfRun = ({ name }: LogEvent): boolean => /^pipeline\.(?:run|stage)\./.test(name);

function statusOf({ name, data }: LogEvent): JsonValue {
  if (data['phase'] !== undefined) return data['phase'];
  const [, , verb = '', asked] = name.split('.');
  return asked === undefined ? verb : (ASKED_STATUS[verb] ?? null);
}

const timeOf = ({ occurredAt }: LogEvent): string => occurredAt.toISOString();

/** Members that are always there: readers of the printed shapes do not look whether they are. */
const members = ({ data }: LogEvent, names: readonly string[]): JsonObject =>
  Object.fromEntries(names.map((name) => [name, data[name] ?? null]));

/** Members that are there when the event has them. */
const rest = ({ data }: LogEvent, names: readonly string[]): JsonObject =>
  Object.fromEntries(
    names.flatMap((name) => (data[name] === undefined || data[name] === null ? [] : [[name, data[name]]])),
  );

const isObject = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
