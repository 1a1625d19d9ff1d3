import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** As it was before, with a column more at its end. */
const instanceView = (added: string): string => `
  CREATE OR REPLACE VIEW instance_view AS
    SELECT i.id, i.name, i.description, i.server_spec_id, i.agent_id, i.json_spec, i.undeclared_environment,
           i.desired_state, i.generation, i.replicas, i.row_version, i.created_at, i.updated_at,
           CASE WHEN i.desired_state = 'deleted' THEN 'deleting'
                WHEN s.instance_id IS NULL THEN 'requested'
                WHEN s.generation BETWEEN ${KEPT} AND i.generation THEN s.phase
                WHEN i.desired_state = 'stopped' THEN 'stopping'
                WHEN s.phase IN ('running', 'degraded', 'unhealthy', 'restarting') THEN 'restarting'
                ELSE 'requested' END AS status,
           CASE WHEN s.generation BETWEEN ${KEPT} AND i.generation THEN s.reason
                WHEN i.desired_state = 'deleted' THEN 'Being deleted with everything it owns.'
                WHEN s.instance_id IS NULL THEN 'Accepted; the provisioner has not looked at it yet.'
                ELSE 'A change was accepted; the provisioner has not looked at it yet.' END AS reason,
           CASE WHEN s.generation BETWEEN ${KEPT} AND i.generation THEN s.since ELSE i.updated_at END AS since,
           coalesce(s.generation, 0) AS observed_generation,
           coalesce(s.sequence, 0) AS status_sequence,
           coalesce(s.attempt, 0) AS attempt, s.next_attempt_at,
           coalesce(s.containers, '[]'::jsonb) AS containers, s.upstream, s.tools, s.era, s.latency_ms,
           s.last_error, s.secret_delivery, s.secret_delivery_reason, s.reported_at AS last_checked_at,
           i.workspace_id, i.created_by, ${KEPT} AS container_generation${added}
      FROM instances i LEFT JOIN instance_status s ON s.instance_id = i.id
     WHERE i.deleted_at IS NULL;`;

const KEPT = `CASE WHEN i.container_generation_for = i.generation THEN i.container_generation ELSE i.generation END`;

/** Lists are filtered by pairs and by keys alone; the operators for keys are not in the smaller class of indexes. */
export class LabelInstances20261101002988 implements MigrationInterface {
  readonly name = 'LabelInstances20261101002988';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE instances ADD COLUMN labels jsonb NOT NULL DEFAULT '{}'`);
    await runner.query(
      `CREATE INDEX instances_by_label ON instances USING gin (labels) WHERE deleted_at IS NULL`,
    );
    await runner.query(instanceView(', i.labels'));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP VIEW instance_view`);
    await runner.query(instanceView(''));
    await runner.query(`ALTER TABLE instances DROP COLUMN labels`);
  }
}
