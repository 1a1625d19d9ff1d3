import { type JsonObject } from '@app/kernel';
import { type Links, linksOf } from './links';

/** An event of the log, with whose it is. */
export interface LoggedEvent {
  readonly id: string;
  readonly sequence: number;
  readonly name: string;
  readonly aliases: readonly string[];
  readonly aggregateType: string;
  readonly aggregateId: string;
  readonly data: JsonObject;
  readonly actor: string;
  readonly correlationId: string;
  readonly causationId: string | null;
  readonly traceparent: string | null;
  readonly occurredAt: Date;
  readonly workspaceId: string;
}

export interface Origin {
  readonly installationId: string;
  readonly publicUrl: string;
}

export const CLOUD_EVENT_TYPE = 'application/cloudevents+json; charset=utf-8';
const VERSION = 'v1';

/** CloudEvents 1.0; extensions have names of lower-case letters, as the standard wants them, and text as their value. */
export function cloudEventOf(event: LoggedEvent, { installationId, publicUrl }: Origin): JsonObject {
  const type = `${event.name}.${VERSION}`;
  return {
    specversion: '1.0',
    id: event.id,
    source: `/quayside/${installationId}`,
    type,
    subject: `${event.aggregateType}/${event.aggregateId}`,
    time: event.occurredAt.toISOString(),
    datacontenttype: 'application/json',
    dataschema: `${publicUrl}/schemas/events/${type}.json`,
    sequence: String(event.sequence),
    correlationid: event.correlationId,
    ...present({ causationid: event.causationId, traceparent: event.traceparent, alias: event.aliases[0] }),
    actor: event.actor,
    ...extensionsOf(linksOf(event.name, event.data, publicUrl)),
    data: event.data,
  };
}

const extensionsOf = ({ console, api, approve, reject }: Links): JsonObject =>
  present({ consoleurl: console, apiurl: api, approveurl: approve, rejecturl: reject });

function present(members: Readonly<Record<string, string | null | undefined>>): JsonObject {
  const there = Object.entries(members).filter(([, value]) => typeof value === 'string');
  return Object.fromEntries(there) as JsonObject;
}
