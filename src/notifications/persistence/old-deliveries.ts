import { Injectable } from '@nestjs/common';
import { Database } from '@app/database';
import { type Channel } from '../domain/delivery';
import { type DeliveryFacts } from '../domain/notification.events';

const KEPT_DAYS = 30;
/** Rows of one statement. */
const PORTION = 500;

export type ExpiredDelivery = DeliveryFacts & { readonly workspaceId: string };

/** What time does to messages. */
@Injectable()
export class OldDeliveries {
  constructor(private readonly db: Database) {}

  /** Those that waited for too long, behind others or for an address that is down: news no more. */
  expire(lifetimeMs: number): Promise<ExpiredDelivery[]> {
    return this.db.query<Omit<ExpiredDelivery, 'channel'> & { channel: Channel }>(
      `UPDATE notification_delivery d
          SET status = 'failed', reason = 'expired', settled_at = now(), next_attempt_at = NULL, lease_until = NULL,
              lease_gen = d.lease_gen + 1
        WHERE d.id IN (SELECT id FROM notification_delivery
                        WHERE status IN ('pending', 'retrying') AND (lease_until IS NULL OR lease_until <= now())
                          AND tried_since < now() - $1::float8 * interval '1 millisecond'
                        ORDER BY id LIMIT ${PORTION} FOR UPDATE SKIP LOCKED)
       RETURNING d.id, d.event, d.channel, d.run_id AS "runId", d.attempt, d.reason, d.workspace_id AS "workspaceId"`,
      [lifetimeMs],
    );
  }

  /** Answers whether there may be more. Addresses of which nothing is left go with their last message. */
  async forget(): Promise<boolean> {
    const gone = await this.db.execute(
      `DELETE FROM notification_delivery WHERE id IN (
         SELECT id FROM notification_delivery
          WHERE settled_at < now() - interval '${KEPT_DAYS} days' ORDER BY id LIMIT ${PORTION} FOR UPDATE SKIP LOCKED)`,
    );
    await this.db.execute(
      `DELETE FROM notification_target WHERE id IN (
         SELECT t.id FROM notification_target t
          WHERE t.endpoint_id IS NULL AND (t.failing_since IS NULL OR t.failing_since < now() - interval '${KEPT_DAYS} days')
            AND NOT EXISTS (SELECT FROM notification_delivery d WHERE d.target_id = t.id)
          ORDER BY t.id LIMIT ${PORTION} FOR UPDATE SKIP LOCKED)`,
    );
    return gone === PORTION;
  }
}
