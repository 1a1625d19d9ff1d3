import { Injectable } from '@nestjs/common';
import { Database, storableJson } from '@app/database';
import { type DueDelivery, type Outcome } from '../domain/delivery';
import { type NextStep } from '../domain/next-step';

export interface TargetState {
  readonly failures: number;
  readonly failingForMs: number;
}

/** Tries that are kept of one message; who sends it again by hand more often sees the newest. */
const ATTEMPTS_KEPT = 50;

/** What is written after a try. Joins the caller's transaction. */
@Injectable()
export class SettlementRows {
  constructor(private readonly db: Database) {}

  /** false: the lease was lost, and the message is somebody else's. */
  async settle({ id, leaseGen }: DueDelivery, step: NextStep, responseStatus?: number): Promise<boolean> {
    const reason = step.status === 'delivered' ? null : step.reason;
    const inMs = step.status === 'retrying' ? step.inMs : null;
    const settled = await this.db.execute(
      `UPDATE notification_delivery
          SET status = $3, reason = $4, next_attempt_at = now() + $5::float8 * interval '1 millisecond',
              response_status = $6, attempt = attempt + 1, tries = tries + 1, lease_until = NULL,
              settled_at = CASE WHEN $3 <> 'retrying' THEN now() END
        WHERE id = $1 AND lease_gen = $2 AND status IN ('pending', 'retrying')`,
      [id, leaseGen, step.status, reason, inMs, responseStatus ?? null],
    );
    return settled > 0;
  }

  async record({ id, attempt }: DueDelivery, outcome: Outcome, durationMs: number): Promise<void> {
    const failure = outcome.kind === 'failed' ? outcome : undefined;
    await this.db.execute(
      `WITH old AS (DELETE FROM notification_attempt WHERE delivery_id = $1 AND number <= $2 - ${ATTEMPTS_KEPT})
       INSERT INTO notification_attempt
              (delivery_id, number, duration_ms, outcome, reason, detail, request, response_status, response)
       VALUES ($1, $2, $3, $4, $5, $6, $7::jsonb, $8, $9) ON CONFLICT DO NOTHING`,
      [
        ...[id, attempt, Math.round(durationMs), outcome.kind],
        ...[failure?.reason ?? null, failure?.detail ?? null, storableJson(outcome.request)],
        ...[outcome.responseStatus ?? null, storableText(outcome.response)],
      ],
    );
  }

  async targetAnswered(targetId: string): Promise<void> {
    await this.db.execute(
      `UPDATE notification_target SET failures = 0, failing_since = NULL, closed_until = NULL
        WHERE id = $1 AND (failures > 0 OR closed_until IS NOT NULL)`,
      [targetId],
    );
  }

  async targetFailed(targetId: string): Promise<TargetState> {
    const [row] = await this.db.query<TargetState>(
      `UPDATE notification_target SET failures = failures + 1, failing_since = coalesce(failing_since, now())
        WHERE id = $1
       RETURNING failures, (extract(epoch FROM now() - failing_since) * 1000)::float8 AS "failingForMs"`,
      [targetId],
    );
    return row ?? { failures: 0, failingForMs: 0 };
  }

  async closeTarget(targetId: string, forMs: number): Promise<void> {
    await this.db.execute(
      `UPDATE notification_target SET closed_until = now() + $2::float8 * interval '1 millisecond' WHERE id = $1`,
      [targetId, forMs],
    );
  }
}

/** PostgreSQL stores no NUL. */
const storableText = (text: string | undefined): string | null =>
  text?.replaceAll('\u0000', '\uFFFD') ?? null;
