import { type MigrationInterface, type QueryRunner } from 'typeorm';

/**
 * A change of the number of replicas alone is a new generation whose containers are those of an older one. Which one, holds
 * only for the generation it was written for: a process of the version before counts on without a word about it, and then
 * all containers are made anew, as it expects.
 */
const KEPT = `CASE WHEN i.container_generation_for = i.generation THEN i.container_generation ELSE i.generation END`;

/** `kept`: from which generation on a report tells of the containers of today. */
const instanceView = (kept: string, added: string): string => `
  CREATE OR REPLACE VIEW instance_view AS
    SELECT i.id, i.name, i.description, i.server_spec_id, i.agent_id, i.json_spec, i.undeclared_environment,
           i.desired_state, i.generation, i.replicas, i.row_version, i.created_at, i.updated_at,
           CASE WHEN i.desired_state = 'deleted' THEN 'deleting'
                WHEN s.instance_id IS NULL THEN 'requested'
                WHEN s.generation BETWEEN ${kept} AND i.generation THEN s.phase
                WHEN i.desired_state = 'stopped' THEN 'stopping'
                WHEN s.phase IN ('running', 'degraded', 'unhealthy', 'restarting') THEN 'restarting'
                ELSE 'requested' END AS status,
           CASE WHEN s.generation BETWEEN ${kept} AND i.generation THEN s.reason
                WHEN i.desired_state = 'deleted' THEN 'Being deleted with everything it owns.'
                WHEN s.instance_id IS NULL THEN 'Accepted; the provisioner has not looked at it yet.'
                ELSE 'A change was accepted; the provisioner has not looked at it yet.' END AS reason,
           CASE WHEN s.generation BETWEEN ${kept} AND i.generation THEN s.since ELSE i.updated_at END AS since,
           coalesce(s.generation, 0) AS observed_generation,
           coalesce(s.sequence, 0) AS status_sequence,
           coalesce(s.attempt, 0) AS attempt, s.next_attempt_at,
           coalesce(s.containers, '[]'::jsonb) AS containers, s.upstream, s.tools, s.era, s.latency_ms,
           s.last_error, s.secret_delivery, s.secret_delivery_reason, s.reported_at AS last_checked_at,
           i.workspace_id, i.created_by${added}
      FROM instances i LEFT JOIN instance_status s ON s.instance_id = i.id
     WHERE i.deleted_at IS NULL;`;

const desiredInstances = (added: string): string => `
  CREATE OR REPLACE VIEW desired_instances AS
    SELECT i.id, i.name, i.generation, i.desired_state, i.replicas, i.json_spec AS spec, i.workspace_id${added}
      FROM instances i WHERE i.deleted_at IS NULL;`;

const GRANT_TO_PROVISIONER = `
  DO $$ BEGIN GRANT SELECT ON desired_instances TO quayside_provisioner;
  EXCEPTION WHEN insufficient_privilege OR undefined_object THEN RAISE NOTICE 'quayside_provisioner: %', SQLERRM; END $$;`;

export class KeepContainersWhenScaling20261101002930 implements MigrationInterface {
  readonly name = 'KeepContainersWhenScaling20261101002930';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE instances ADD COLUMN container_generation integer NOT NULL DEFAULT 1,
                            ADD COLUMN container_generation_for integer NOT NULL DEFAULT 1`);
    const added = `, ${KEPT} AS container_generation`;
    await runner.query(instanceView(KEPT, added));
    await runner.query(desiredInstances(added));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP VIEW desired_instances; DROP VIEW instance_view;`);
    await runner.query(instanceView('i.generation', ''));
    await runner.query(desiredInstances(''));
    await runner.query(GRANT_TO_PROVISIONER);
    await runner.query(
      `ALTER TABLE instances DROP COLUMN container_generation, DROP COLUMN container_generation_for`,
    );
  }
}
