import { Injectable } from '@nestjs/common';
import { type InstanceStatusReportedV1 } from '@app/contracts';
import { Database, storableJson } from '@app/database';
import { type KnownStatus, type ReportedInstance, type StatusChange } from '../domain/status-change';

type KnownRow = KnownStatus & { readonly instance_id: string };
type ChangedStatus = NonNullable<StatusChange['status']>;

/** What the last report says comes from the report; without one, only the error is news. */
const STORE = `
  INSERT INTO instance_status AS s (instance_id, generation, sequence, phase, reason, since, reported_at, attempt, next_attempt_at,
         containers, upstream, tools, era, latency_ms, last_error, secret_delivery, secret_delivery_reason)
  SELECT * FROM jsonb_to_recordset($1::jsonb) AS r(instance_id uuid, generation integer, sequence bigint, phase text, reason text,
         since timestamptz, reported_at timestamptz, attempt integer, next_attempt_at timestamptz, containers jsonb, upstream jsonb,
         tools integer, era text, latency_ms integer, last_error jsonb, secret_delivery text, secret_delivery_reason text)
  ON CONFLICT (instance_id) DO UPDATE SET
         generation = excluded.generation, sequence = excluded.sequence, phase = excluded.phase, reason = excluded.reason,
         since = excluded.since, reported_at = excluded.reported_at, attempt = excluded.attempt,
         next_attempt_at = excluded.next_attempt_at, containers = excluded.containers, upstream = excluded.upstream,
         tools = excluded.tools, era = excluded.era, latency_ms = excluded.latency_ms, last_error = excluded.last_error,
         secret_delivery = excluded.secret_delivery, secret_delivery_reason = excluded.secret_delivery_reason`;

/** SQL of the status read model; joins the caller's transaction. */
@Injectable()
export class StatusRows {
  constructor(private readonly db: Database) {}

  /**
   * The lock makes reports of one instance go one after the other, and keeps commands out meanwhile; the order keeps two
   * messages about the same instances from waiting for each other. Those that are gone are left out.
   */
  lock(instanceIds: readonly string[]): Promise<readonly ReportedInstance[]> {
    return this.db.query<ReportedInstance>(
      `SELECT id, name, workspace_id, desired_state, generation FROM instances
        WHERE id = ANY($1::uuid[]) AND deleted_at IS NULL ORDER BY id FOR NO KEY UPDATE`,
      [instanceIds],
    );
  }

  /** A statement of its own: one that waited for the lock would still see what stood before. */
  async known(instanceIds: readonly string[]): Promise<ReadonlyMap<string, KnownStatus>> {
    const rows = await this.db.query<KnownRow>(
      `SELECT instance_id, generation, sequence::float8 AS sequence, phase, reason, since, last_error, secret_delivery,
              secret_delivery_reason
         FROM instance_status WHERE instance_id = ANY($1::uuid[])`,
      [instanceIds],
    );
    return new Map(rows.map((row) => [row.instance_id, row]));
  }

  async store(changed: ReadonlyMap<string, ChangedStatus>): Promise<void> {
    const statuses = [...changed];
    const told = statuses.flatMap(([id, { report, ...known }]) =>
      report === undefined ? [] : [toRow(id, known, report)],
    );
    if (told.length > 0) await this.db.execute(STORE, [storableJson(told)]);
    for (const [id, { report, last_error: error }] of statuses)
      if (report === undefined) await this.storeError(id, error);
  }

  private async storeError(instanceId: string, error: KnownStatus['last_error']): Promise<void> {
    await this.db.execute(`UPDATE instance_status SET last_error = $2 WHERE instance_id = $1`, [
      instanceId,
      error === null ? null : storableJson(error),
    ]);
  }

  async markDeleted(instanceId: string): Promise<void> {
    await this.db.execute(`UPDATE instances SET deleted_at = now(), updated_at = now() WHERE id = $1`, [
      instanceId,
    ]);
  }
}

function toRow(instanceId: string, known: KnownStatus, report: InstanceStatusReportedV1): object {
  const { at, attempt, next_attempt_at, containers, upstream, tools, era, latency_ms } = report;
  return {
    ...known,
    ...{ attempt, next_attempt_at, containers, upstream, tools, era, latency_ms },
    instance_id: instanceId,
    since: known.since.toISOString(),
    reported_at: at,
  };
}
