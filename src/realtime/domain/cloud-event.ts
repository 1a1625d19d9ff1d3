import { type JsonObject } from '@app/kernel';
import { type LogEvent, type ToolCall } from './log-event';

/** Whose events these are. */
export interface EventOrigin {
  readonly installationId: string;
  /** Schemas are named by a whole address: the format knows no other. */
  readonly publicUrl: string;
}

/** CloudEvents 1.0, structured mode. The number is text, because integers of that format have 32 bits. */
export const cloudEventOf = (event: LogEvent, { installationId, publicUrl }: EventOrigin): JsonObject => ({
  specversion: '1.0',
  id: event.id,
  source: `/quayside/${installationId}`,
  type: `${event.name}.v1`,
  subject: `${event.aggregateType}/${event.aggregateId}`,
  time: event.occurredAt.toISOString(),
  datacontenttype: 'application/json',
  dataschema: `${publicUrl}/schemas/events/${event.name}.v1.json`,
  sequence: String(event.sequence),
  actor: event.actor,
  correlationid: event.correlationId,
  ...(event.causationId === null ? {} : { causationid: event.causationId }),
  ...(event.traceparent === null ? {} : { traceparent: event.traceparent }),
  ...(event.aliases.length === 0 ? {} : { alias: event.aliases.join(',') }),
  data: event.data,
});

/** Not in the log, hence without a number. */
export const cloudEventOfCall = (call: ToolCall, { installationId, publicUrl }: EventOrigin): JsonObject => ({
  specversion: '1.0',
  id: call.id,
  source: `/quayside/${installationId}`,
  type: 'mcp.tool.called.v1',
  subject: call.instanceId === null ? `tools/${call.tool}` : `instances/${call.instanceId}`,
  time: call.at.toISOString(),
  datacontenttype: 'application/json',
  dataschema: `${publicUrl}/schemas/events/mcp.tool.called.v1.json`,
  actor: call.actor,
  data: {
    ...{ instance_id: call.instanceId, server_name: call.serverName, tool_name: call.tool },
    ...{ outcome: call.outcome, duration_ms: Math.round(call.durationMs) },
  },
});
