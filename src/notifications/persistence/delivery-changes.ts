import { Injectable } from '@nestjs/common';
import { Database } from '@app/database';
import { type Scope } from '@app/kernel';
import { type DeliveryFacts } from '../domain/notification.events';

const WAITING = `status IN ('pending', 'retrying')`;

export interface RedeliveryRow extends DeliveryFacts {
  readonly address: string;
  /** False where there is no webhook any more, or it is switched off. */
  readonly isReachable: boolean;
}

/** What people do to messages. Joins the caller's transaction. */
@Injectable()
export class DeliveryChanges {
  constructor(private readonly db: Database) {}

  async redirect(targetId: string, address: string): Promise<void> {
    await this.db.execute(
      `UPDATE notification_delivery SET address = $2 WHERE target_id = $1 AND ${WAITING} AND address <> $2`,
      [targetId, address],
    );
  }

  /** Answers how many were waiting. A try that is under way finds its lease gone. */
  giveUp(targetId: string, reason: string): Promise<number> {
    return this.db.execute(
      `UPDATE notification_delivery
          SET status = 'failed', reason = $2, settled_at = now(), next_attempt_at = NULL, lease_until = NULL,
              lease_gen = lease_gen + 1
        WHERE target_id = $1 AND ${WAITING}`,
      [targetId, reason],
    );
  }

  /** Locked, so that it is asked for once. */
  async forRedelivery({ workspaceId }: Scope, id: string): Promise<RedeliveryRow | undefined> {
    const [row] = await this.db.query<RedeliveryRow>(
      `SELECT d.id, d.event, d.channel, d.run_id AS "runId", d.attempt, d.reason, d.address,
              (t.id IS NOT NULL AND (t.endpoint_id IS NULL OR e.enabled)) AS "isReachable"
         FROM notification_delivery d
         LEFT JOIN notification_target t ON t.id = d.target_id
         LEFT JOIN webhook_endpoint e ON e.id = t.endpoint_id
        WHERE d.workspace_id = $1 AND d.id = $2::uuid FOR UPDATE OF d`,
      [workspaceId, id],
    );
    return row;
  }

  /** From the beginning of the schedule, now, and to the address as it is now; a try that is under way is left to end. */
  async again(id: string): Promise<void> {
    await this.db.execute(
      `UPDATE notification_delivery d
          SET status = CASE WHEN d.attempt = 0 THEN 'pending' ELSE 'retrying' END, tries = 0, tried_since = now(),
              next_attempt_at = now(), settled_at = NULL, address = t.address
         FROM notification_target t WHERE d.id = $1 AND t.id = d.target_id`,
      [id],
    );
    await this.db.execute(
      `UPDATE notification_target SET closed_until = NULL
        WHERE id = (SELECT target_id FROM notification_delivery WHERE id = $1)`,
      [id],
    );
  }
}
