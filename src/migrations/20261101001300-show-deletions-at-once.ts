import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** The columns are those of before; only what a deletion looks like differs. */
const view = (status: string, reason: string): string => `
  CREATE OR REPLACE VIEW instance_view AS
    SELECT i.id, i.name, i.description, i.server_spec_id, i.agent_id, i.json_spec, i.undeclared_environment,
           i.desired_state, i.generation, i.replicas, i.row_version, i.created_at, i.updated_at,
           CASE ${status} END AS status,
           CASE ${reason} END AS reason,
           CASE WHEN s.generation = i.generation THEN s.since ELSE i.updated_at END AS since,
           coalesce(s.generation, 0) AS observed_generation,
           coalesce(s.sequence, 0) AS status_sequence,
           coalesce(s.attempt, 0) AS attempt, s.next_attempt_at,
           coalesce(s.containers, '[]'::jsonb) AS containers, s.upstream, s.tools, s.era, s.latency_ms,
           s.last_error, s.secret_delivery, s.secret_delivery_reason, s.reported_at AS last_checked_at
      FROM instances i LEFT JOIN instance_status s ON s.instance_id = i.id
     WHERE i.deleted_at IS NULL`;

const LATER_STATUS = `
  WHEN s.generation = i.generation THEN s.phase
  WHEN i.desired_state = 'stopped' THEN 'stopping'
  WHEN s.phase IN ('running', 'degraded', 'unhealthy', 'restarting') THEN 'restarting'
  ELSE 'requested'`;
const NOT_SEEN = `'Accepted; the provisioner has not looked at it yet.'`;
const CHANGED = `'A change was accepted; the provisioner has not looked at it yet.'`;
const DELETING = `'Being deleted with everything it owns.'`;

/** A deletion that nobody has looked at yet is a deletion, whatever was seen before it. */
export class ShowDeletionsAtOnce20261101001300 implements MigrationInterface {
  readonly name = 'ShowDeletionsAtOnce20261101001300';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      view(
        `WHEN i.desired_state = 'deleted' THEN 'deleting' WHEN s.instance_id IS NULL THEN 'requested' ${LATER_STATUS}`,
        `WHEN s.generation = i.generation THEN s.reason WHEN i.desired_state = 'deleted' THEN ${DELETING}
         WHEN s.instance_id IS NULL THEN ${NOT_SEEN} ELSE ${CHANGED}`,
      ),
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      view(
        `WHEN s.instance_id IS NULL THEN 'requested'
         WHEN i.desired_state = 'deleted' AND s.phase <> 'deleted' THEN 'deleting' ${LATER_STATUS}`,
        `WHEN s.instance_id IS NULL THEN ${NOT_SEEN} WHEN s.generation = i.generation THEN s.reason
         WHEN i.desired_state = 'deleted' THEN ${DELETING} ELSE ${CHANGED}`,
      ),
    );
  }
}
