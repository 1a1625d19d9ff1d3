import { Injectable } from '@nestjs/common';
import { type DesiredState, type InstancePhase, type InstanceStatusReportedV1 } from '@app/contracts';
import { Database, storableJson } from '@app/database';

export interface ReportedInstance {
  readonly id: string;
  readonly name: string;
  readonly workspace_id: string;
  readonly desired_state: DesiredState;
  readonly generation: number;
  readonly deleted_at: Date | null;
}

export interface AppliedReport {
  /** false: something newer was known already. */
  readonly applied: boolean;
  readonly phase_before: InstancePhase | null;
  readonly reason_before: string | null;
  readonly has_operations: boolean;
}

/** Who took a container over does not know how its secrets got there; what was reported of the same generation does. */
const KEEPS_DELIVERY = `s.generation = excluded.generation AND excluded.secret_delivery IS NULL`;

/**
 * An older report changes nothing; `since` is kept while the phase stays, and `last_error` while the generation stays and
 * the report does not speak of it.
 */
const UPSERT = `
  WITH before AS (SELECT phase, reason FROM instance_status WHERE instance_id = $1),
       written AS (
         INSERT INTO instance_status AS s (instance_id, generation, sequence, phase, reason, since, reported_at, attempt, next_attempt_at,
                containers, upstream, tools, era, latency_ms, last_error, secret_delivery, secret_delivery_reason)
         VALUES ($1, $2, $3, $4, $5, $6, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
         ON CONFLICT (instance_id) DO UPDATE SET
                generation = excluded.generation, sequence = excluded.sequence, phase = excluded.phase, reason = excluded.reason,
                since = CASE WHEN s.phase = excluded.phase AND s.generation = excluded.generation THEN s.since ELSE excluded.since END,
                reported_at = excluded.reported_at, attempt = excluded.attempt, next_attempt_at = excluded.next_attempt_at,
                containers = excluded.containers, upstream = excluded.upstream, tools = excluded.tools, era = excluded.era,
                latency_ms = excluded.latency_ms,
                last_error = CASE WHEN $17 AND s.generation = excluded.generation THEN s.last_error ELSE excluded.last_error END,
                secret_delivery = CASE WHEN ${KEEPS_DELIVERY} THEN s.secret_delivery ELSE excluded.secret_delivery END,
                secret_delivery_reason = CASE WHEN ${KEEPS_DELIVERY} THEN s.secret_delivery_reason ELSE excluded.secret_delivery_reason END
          WHERE (s.generation, s.sequence) < (excluded.generation, excluded.sequence)
         RETURNING instance_id)
  SELECT EXISTS (SELECT FROM written) AS applied, (SELECT phase FROM before) AS phase_before, (SELECT reason FROM before) AS reason_before,
         EXISTS (SELECT FROM operation WHERE resource_id = $1 AND status IN ('pending', 'running')) AS has_operations`;

/** SQL of the status read model; joins the caller's transaction. */
@Injectable()
export class StatusRows {
  constructor(private readonly db: Database) {}

  /** The lock makes reports of one instance go one after the other, and keeps commands out meanwhile. */
  async lock(instanceId: string): Promise<ReportedInstance | undefined> {
    const [row] = await this.db.query<ReportedInstance>(
      `SELECT id, name, workspace_id, desired_state, generation, deleted_at FROM instances WHERE id = $1 FOR NO KEY UPDATE`,
      [instanceId],
    );
    return row;
  }

  async upsert(r: InstanceStatusReportedV1): Promise<AppliedReport> {
    const [row] = await this.db.query<AppliedReport>(UPSERT, [
      ...[r.instance_id, r.generation, r.sequence, r.phase, r.reason, r.at, r.attempt, r.next_attempt_at],
      ...[json(r.containers), json(r.upstream), r.tools, r.era, r.latency_ms, json(r.last_error ?? null)],
      ...[r.secret_delivery, r.secret_delivery_reason, r.last_error === undefined],
    ]);
    if (row === undefined) throw new Error('the status statement answered nothing');
    return row;
  }

  /** What went wrong last stands beside the phases: a report that was overtaken on its way is not too old to tell of it. */
  async keepError({
    instance_id: id,
    generation,
    last_error: error,
  }: InstanceStatusReportedV1): Promise<void> {
    if (error === undefined || error === null) return;
    await this.db.execute(
      `UPDATE instance_status SET last_error = $3
        WHERE instance_id = $1 AND generation = $2 AND (last_error IS NULL OR last_error ->> 'at' < $4)`,
      [id, generation, json(error), error.at],
    );
  }

  async markDeleted(instanceId: string): Promise<void> {
    await this.db.execute(`UPDATE instances SET deleted_at = now(), updated_at = now() WHERE id = $1`, [
      instanceId,
    ]);
  }
}

const json = (value: unknown): string | null =>
  value === null || value === undefined ? null : storableJson(value);
