import { Injectable } from '@nestjs/common';
import { Database } from '@app/database';
import { type KeysetPosition, type Page, type Scope } from '@app/kernel';
import {
  type AttemptView,
  type DeliveryDetail,
  type DeliveryFilter,
  type DeliveryView,
} from '../domain/delivery-view';

/** A message that waits for its address goes when that is open again, whatever its own time is. */
const COLUMNS = `d.id, d.event, d.event_id AS "eventId", d.subject, d.run_id AS "runId", d.channel, d.address,
  d.endpoint_id AS "endpointId", d.status, d.reason, d.attempt, d.response_status AS "responseStatus",
  CASE WHEN d.next_attempt_at IS NOT NULL THEN greatest(d.next_attempt_at, t.closed_until) END AS "nextAttemptAt",
  d.created_at AS "createdAt", d.settled_at AS "settledAt",
  to_char(d.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS position`;
const FROM = `notification_delivery d LEFT JOIN notification_target t ON t.id = d.target_id`;

const COLUMN_OF: Readonly<Record<keyof DeliveryFilter, string>> = {
  status: 'd.status = ?',
  channel: 'd.channel = ?',
  event: 'd.event = ?',
  run_id: 'd.run_id = ?::uuid',
  webhook_id: 'd.endpoint_id = ?::uuid',
};

/** The log of messages as people read it. */
@Injectable()
export class DeliveryLists {
  constructor(private readonly db: Database) {}

  async page(
    { workspaceId }: Scope,
    filter: DeliveryFilter,
    limit: number,
    after: KeysetPosition | undefined,
  ): Promise<Page<DeliveryView>> {
    const values: unknown[] = [workspaceId];
    const conditions = ['d.workspace_id = $1'];
    for (const [name, sql] of Object.entries(COLUMN_OF)) {
      const value = filter[name as keyof DeliveryFilter];
      if (value !== undefined) conditions.push(sql.replace('?', `$${String(values.push(value))}`));
    }
    if (after !== undefined) {
      const [at, id] = [values.push(after.sort), values.push(after.id)].map(String);
      conditions.push(`(d.created_at, d.id) < ($${at ?? ''}::timestamptz, $${id ?? ''}::uuid)`);
    }
    // One more than asked tells whether there is a next page.
    const rows = await this.db.query<DeliveryView & { position: string }>(
      `SELECT ${COLUMNS} FROM ${FROM} WHERE ${conditions.join(' AND ')}
        ORDER BY d.created_at DESC, d.id DESC LIMIT $${String(values.push(limit + 1))}`,
      values,
    );
    const items = rows.slice(0, limit);
    const last = items.at(-1);
    const next = rows.length > limit && last !== undefined ? { sort: last.position, id: last.id } : null;
    return { items, next };
  }

  async find({ workspaceId }: Scope, id: string): Promise<DeliveryDetail | undefined> {
    const [row] = await this.db.query<Omit<DeliveryDetail, 'attempts'>>(
      `SELECT ${COLUMNS}, d.body FROM ${FROM} WHERE d.workspace_id = $1 AND d.id = $2::uuid`,
      [workspaceId, id],
    );
    if (row === undefined) return undefined;
    const attempts = await this.db.query<AttemptView>(
      `SELECT number, at, duration_ms AS "durationMs", outcome, reason, detail, request,
              response_status AS "responseStatus", response
         FROM notification_attempt WHERE delivery_id = $1 ORDER BY number`,
      [id],
    );
    return { ...row, attempts };
  }
}
