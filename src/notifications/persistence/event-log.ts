import { Injectable } from '@nestjs/common';
import { toldStages } from '@app/contracts';
import { Database } from '@app/database';
import { type LoggedEvent } from '../following/cloud-event';
import { type RunWish, type Subscriber } from '../following/plan-deliveries';

type LoggedRow = Omit<LoggedEvent, 'sequence'> & { readonly sequence: string };

/** Events looked at in one transaction, most of which nobody is told of. */
export const EVENTS_AT_ONCE = 2_000;

/** What is read to know who is to be told of what. Joins the caller's transaction. */
@Injectable()
export class EventLog {
  constructor(private readonly db: Database) {}

  /** How far it was followed; undefined: another worker is following just now. */
  async lock(): Promise<number | undefined> {
    const [row] = await this.db.query<{ sequence: string }>(
      `SELECT sequence FROM notification_position FOR UPDATE SKIP LOCKED`,
    );
    return row === undefined ? undefined : Number(row.sequence);
  }

  async moveTo(sequence: number): Promise<void> {
    await this.db.execute(`UPDATE notification_position SET sequence = $1`, [sequence]);
  }

  /** The last of the events that come next; undefined: there are none. Their numbers are in the order of their commits. */
  async endAfter(sequence: number): Promise<number | undefined> {
    const [row] = await this.db.query<{ upto: string | null }>(
      `SELECT max(sequence) AS upto
         FROM (SELECT sequence FROM domain_event WHERE sequence > $1 ORDER BY sequence LIMIT ${EVENTS_AT_ONCE}) AS next`,
      [sequence],
    );
    return row?.upto == null ? undefined : Number(row.upto);
  }

  async between(after: number, upto: number, names: readonly string[]): Promise<readonly LoggedEvent[]> {
    const rows = await this.db.query<LoggedRow>(
      `SELECT id, sequence, name, aliases, aggregate_type AS "aggregateType", aggregate_id AS "aggregateId", data, actor,
              correlation_id AS "correlationId", causation_id AS "causationId", traceparent,
              occurred_at AS "occurredAt", workspace_id AS "workspaceId"
         FROM domain_event WHERE sequence > $1 AND sequence <= $2 AND name = ANY($3::text[]) ORDER BY sequence`,
      [after, upto, names],
    );
    return rows.map((row) => ({ ...row, data: toldStages(row.data), sequence: Number(row.sequence) }));
  }

  subscribers(workspaceIds: readonly string[]): Promise<readonly Subscriber[]> {
    return this.db.query<Subscriber>(
      `SELECT workspace_id AS "workspaceId", 'webhook' AS channel, url AS address, events, id AS "endpointId"
         FROM webhook_endpoint WHERE enabled AND workspace_id = ANY($1::uuid[])
       UNION ALL
       SELECT workspace_id, 'email', address, events, NULL
         FROM mail_recipient WHERE enabled AND workspace_id = ANY($1::uuid[])`,
      [workspaceIds],
    );
  }

  async wishes(runIds: readonly string[]): Promise<ReadonlyMap<string, RunWish>> {
    const rows = await this.db.query<{ id: string; notification: RunWish }>(
      `SELECT id, notification FROM pipeline_run WHERE id = ANY($1::uuid[]) AND jsonb_typeof(notification) = 'object'`,
      [runIds],
    );
    return new Map(rows.map(({ id, notification }) => [id, notification]));
  }
}
