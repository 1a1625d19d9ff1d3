import { Injectable } from '@nestjs/common';
import { toldStages } from '@app/contracts';
import { Database } from '@app/database';
import { type JsonObject } from '@app/kernel';
import { type LogEvent } from '../domain/log-event';

/** Rows of one reading. */
export const PAGE = 500;
/** Numbers that one reading for a single workspace looks through: its events may be few among many. */
const SPAN = 5_000;

interface Row {
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
  readonly workspace_id: string | null;
}

const COLUMNS = `id, sequence, name, aliases, aggregate_type, aggregate_id, data, actor, correlation_id, causation_id,
                 traceparent, occurred_at, workspace_id`;

export interface Page {
  readonly events: readonly LogEvent[];
  /** Everything up to this number was looked at. */
  readonly through: number;
}

/** The log of events, read by number. Numbers are given in the order of commits, so what was read never changes. */
@Injectable()
export class EventLog {
  constructor(private readonly db: Database) {}

  /** The last number given. */
  async head(): Promise<number> {
    const [row] = await this.db.query<{ head: string }>(
      `SELECT coalesce((SELECT max(sequence) FROM domain_event),
                       (SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM domain_event_sequence)) AS head`,
    );
    return Number(row?.head ?? 0);
  }

  /** The first number that is still there; undefined for an empty log. */
  async oldest(): Promise<number | undefined> {
    const [row] = await this.db.query<{ oldest: string | null }>(
      `SELECT min(sequence) AS oldest FROM domain_event`,
    );
    return row?.oldest == null ? undefined : Number(row.oldest);
  }

  async after(sequence: number): Promise<readonly LogEvent[]> {
    const rows = await this.db.query<Row>(
      `SELECT ${COLUMNS} FROM domain_event WHERE sequence > $1 ORDER BY sequence LIMIT ${PAGE}`,
      [sequence],
    );
    return rows.map(toLogEvent);
  }

  /** What one workspace may see of the next part of the log. */
  async pageOf(workspaceId: string, after: number, head: number): Promise<Page> {
    const end = Math.min(after + SPAN, head);
    const rows = await this.db.query<Row>(
      `SELECT ${COLUMNS} FROM domain_event
        WHERE sequence > $1 AND sequence <= $2 AND workspace_id = $3 ORDER BY sequence LIMIT ${PAGE}`,
      [after, end, workspaceId],
    );
    const events = rows.map(toLogEvent);
    return { events, through: events.length === PAGE ? (events.at(-1)?.sequence ?? end) : end };
  }
}

const toLogEvent = (row: Row): LogEvent => ({
  id: row.id,
  sequence: Number(row.sequence),
  name: row.name,
  aliases: row.aliases,
  aggregateType: row.aggregate_type,
  aggregateId: row.aggregate_id,
  data: toldStages(row.data),
  actor: row.actor,
  correlationId: row.correlation_id,
  causationId: row.causation_id,
  traceparent: row.traceparent,
  occurredAt: row.occurred_at,
  workspaceId: row.workspace_id,
});
