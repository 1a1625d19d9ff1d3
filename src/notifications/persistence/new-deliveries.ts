import { Injectable } from '@nestjs/common';
import { Database, storableJson } from '@app/database';
import { newId } from '@app/kernel';
import { type Channel } from '../domain/delivery';

export interface NewDelivery {
  readonly workspaceId: string;
  readonly position: number;
  readonly eventId: string;
  readonly event: string;
  readonly subject: string;
  readonly runId: string | null;
  readonly channel: Channel;
  readonly address: string;
  readonly endpointId: string | null;
  readonly body: string;
}

/** What may wait for one address; more would be told to nobody in time. */
const WAITING_MAX = 10_000;

/** Stores what has to be sent, once for each event and address. Joins the caller's transaction. */
@Injectable()
export class NewDeliveries {
  constructor(private readonly db: Database) {}

  async insert(deliveries: readonly NewDelivery[]): Promise<void> {
    if (deliveries.length === 0) return;
    await this.ensureTargets(deliveries);
    await this.db.execute(
      `WITH given AS (
         SELECT * FROM jsonb_to_recordset($1::jsonb) AS g (
           id uuid, "workspaceId" uuid, position bigint, "eventId" uuid, event text, subject text, "runId" uuid,
           channel text, address text, "endpointId" uuid, body text)
       ), aimed AS (
         SELECT g.*, t.id AS target_id FROM given g JOIN notification_target t
             ON t.endpoint_id = g."endpointId"
             OR (g."endpointId" IS NULL AND t.endpoint_id IS NULL AND t.workspace_id = g."workspaceId"
                 AND t.channel = g.channel AND t.address = g.address)
       ), crowded AS (
         SELECT t.target_id FROM (SELECT DISTINCT target_id FROM aimed) t
          WHERE (SELECT count(*) FROM (SELECT FROM notification_delivery d
                                        WHERE d.target_id = t.target_id AND d.status IN ('pending', 'retrying')
                                        LIMIT ${WAITING_MAX}) waiting) >= ${WAITING_MAX}
       )
       INSERT INTO notification_delivery (id, workspace_id, position, event_id, event, subject, run_id, target_id,
              endpoint_id, channel, address, body, status, reason, next_attempt_at, settled_at)
       SELECT a.id, a."workspaceId", a.position, a."eventId", a.event, a.subject, a."runId", a.target_id,
              a."endpointId", a.channel, a.address, a.body,
              CASE WHEN c.target_id IS NULL THEN 'pending' ELSE 'failed' END,
              CASE WHEN c.target_id IS NOT NULL THEN 'too_many_waiting' END,
              CASE WHEN c.target_id IS NULL THEN now() END, CASE WHEN c.target_id IS NOT NULL THEN now() END
         FROM aimed a LEFT JOIN crowded c USING (target_id)
       ON CONFLICT (event_id, target_id) DO NOTHING`,
      [storableJson(deliveries.map((delivery) => ({ id: newId(), ...delivery })))],
    );
  }

  /** Addresses that runs name, and those of recipients; a webhook has its target from the beginning. */
  private async ensureTargets(deliveries: readonly NewDelivery[]): Promise<void> {
    const free = deliveries.filter(({ endpointId }) => endpointId === null);
    if (free.length === 0) return;
    await this.db.execute(
      `INSERT INTO notification_target (id, workspace_id, channel, address)
       SELECT gen_random_uuid(), t.* FROM (
         SELECT DISTINCT * FROM unnest($1::uuid[], $2::text[], $3::text[]) AS g (workspace_id, channel, address)
          ORDER BY 1, 2, 3) t
       ON CONFLICT (workspace_id, channel, address) WHERE endpoint_id IS NULL DO NOTHING`,
      [
        free.map(({ workspaceId }) => workspaceId),
        free.map(({ channel }) => channel),
        free.map(({ address }) => address),
      ],
    );
  }
}
