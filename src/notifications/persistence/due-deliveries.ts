import { Injectable } from '@nestjs/common';
import { Database } from '@app/database';
import { type Channel, type DueDelivery } from '../domain/delivery';

/** More than the longest try: who holds a message so long has ended, and another worker takes it. */
const LEASE_S = 60;
/** Addresses with something to send that are looked at in one pass. */
const TARGETS_MAX = 1_000;
const WAITING = `status IN ('pending', 'retrying')`;

export interface Claim {
  readonly channel: Channel;
  readonly limit: number;
  readonly perTarget: number;
  /** Addresses that have enough under way. */
  readonly busy: readonly string[];
}

/**
 * Takes what is due. Goes from address to address by an index, so that a million messages for one that is down cost no more
 * than one. An address that was closed for its failures gets a single message to try it with, from all workers together: who
 * takes that one closes the address behind it, until the try is settled or its worker has died.
 */
const CLAIM = `
  WITH RECURSIVE waiting (target_id) AS (
    (SELECT target_id FROM notification_delivery
      WHERE channel = $1 AND ${WAITING} ORDER BY target_id LIMIT 1)
    UNION ALL
    SELECT (SELECT d.target_id FROM notification_delivery d
             WHERE d.channel = $1 AND d.target_id > w.target_id AND ${WAITING} ORDER BY d.target_id LIMIT 1)
      FROM waiting w WHERE w.target_id IS NOT NULL
  ), picked AS (
    SELECT due.id, t.id AS target_id, t.closed_until IS NOT NULL AS is_trial
      FROM (SELECT target_id FROM waiting WHERE target_id IS NOT NULL LIMIT ${TARGETS_MAX}) w
      JOIN notification_target t ON t.id = w.target_id AND NOT t.id = ANY($4::uuid[])
       AND (t.closed_until IS NULL OR t.closed_until <= now())
     CROSS JOIN LATERAL (
       SELECT d.id FROM notification_delivery d
        WHERE d.channel = $1 AND d.target_id = t.id AND d.${WAITING} AND d.next_attempt_at <= now()
          AND (d.lease_until IS NULL OR d.lease_until <= now())
          AND NOT EXISTS (SELECT FROM notification_delivery earlier
                           WHERE earlier.target_id = d.target_id AND earlier.run_id = d.run_id
                             AND earlier.position < d.position AND earlier.${WAITING})
        ORDER BY d.next_attempt_at, d.position
        LIMIT CASE WHEN t.closed_until IS NULL THEN $3::int ELSE 1 END
        FOR UPDATE SKIP LOCKED) due
     ORDER BY random() LIMIT $2
  ), tried AS (
    SELECT id FROM notification_target
     WHERE id IN (SELECT target_id FROM picked WHERE is_trial) AND closed_until <= now() FOR UPDATE SKIP LOCKED
  ), closed AS (
    UPDATE notification_target SET closed_until = now() + make_interval(secs => ${LEASE_S})
     WHERE id IN (SELECT id FROM tried)
  )
  UPDATE notification_delivery d
     SET lease_gen = d.lease_gen + 1, lease_until = now() + make_interval(secs => ${LEASE_S})
    FROM picked
   WHERE d.id = picked.id AND (NOT is_trial OR EXISTS (SELECT FROM tried WHERE tried.id = picked.target_id))
  RETURNING d.id, d.lease_gen AS "leaseGen", d.workspace_id AS "workspaceId", d.event, d.run_id AS "runId",
            d.target_id AS "targetId", d.endpoint_id AS "endpointId", d.address, d.body, d.attempt + 1 AS attempt,
            d.tries + 1 AS tries`;

@Injectable()
export class DueDeliveries {
  constructor(private readonly db: Database) {}

  /** Nothing waits, not for its time either. */
  async isNone(channel: Channel): Promise<boolean> {
    const [row] = await this.db.query<{ isNone: boolean }>(
      `SELECT NOT EXISTS (SELECT FROM notification_delivery WHERE channel = $1 AND ${WAITING}) AS "isNone"`,
      [channel],
    );
    return row?.isNone === true;
  }

  claim({ channel, limit, perTarget, busy }: Claim): Promise<DueDelivery[]> {
    return this.db.query<DueDelivery>(CLAIM, [channel, limit, perTarget, busy]);
  }
}
