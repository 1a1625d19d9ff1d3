import { type DomainEvent, type JsonObject } from '@app/kernel';

/** An event as the log has it: with its public number, and with who and what caused it. */
export interface RecordedEvent extends DomainEvent {
  readonly id: string;
  /** Given in the order of commits: who saw n has seen everything before n. */
  readonly sequence: number;
  readonly actor: string;
  readonly correlationId: string;
  readonly causationId?: string;
  readonly traceparent?: string;
}

/** Columns of `domain_event`; `bigint` comes as text. */
export interface EventRow {
  readonly id: string;
  readonly sequence: string;
  readonly name: string;
  readonly aliases: readonly string[];
  readonly aggregate_type: string;
  readonly aggregate_id: string;
  readonly data: JsonObject;
  readonly actor: string;
  readonly correlation_id: string;
  readonly causation_id: string | null;
  readonly traceparent: string | null;
  readonly occurred_at: Date;
}

export function toRecordedEvent(row: EventRow): RecordedEvent {
  return {
    id: row.id,
    sequence: Number(row.sequence),
    name: row.name,
    aliases: row.aliases,
    aggregateType: row.aggregate_type,
    aggregateId: row.aggregate_id,
    data: row.data,
    occurredAt: row.occurred_at,
    actor: row.actor,
    correlationId: row.correlation_id,
    ...(row.causation_id === null ? {} : { causationId: row.causation_id }),
    ...(row.traceparent === null ? {} : { traceparent: row.traceparent }),
  };
}
