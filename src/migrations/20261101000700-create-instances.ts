import { type MigrationInterface, type QueryRunner } from 'typeorm';

const TABLES = `
  CREATE TABLE instances (
    id uuid PRIMARY KEY,
    name text NOT NULL CHECK (name ~ '^(?=.{1,63}$)[a-z0-9](_?[a-z0-9-])*$'),
    description text NOT NULL DEFAULT '',
    server_spec_id uuid REFERENCES server_definition (id),
    agent_id text,
    json_spec jsonb NOT NULL,
    undeclared_environment text[] NOT NULL DEFAULT '{}',
    desired_state text NOT NULL CHECK (desired_state IN ('running', 'stopped', 'deleted')),
    generation integer NOT NULL CHECK (generation > 0),
    replicas integer NOT NULL DEFAULT 1 CHECK (replicas BETWEEN 1 AND 32),
    row_version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    -- Set by the projector when everything the instance owned is gone.
    deleted_at timestamptz
  );
  CREATE UNIQUE INDEX instances_live_name ON instances (name) WHERE deleted_at IS NULL;
  CREATE INDEX instances_by_age ON instances (created_at DESC, id DESC) WHERE deleted_at IS NULL;
  CREATE INDEX instances_by_definition ON instances (server_spec_id) WHERE deleted_at IS NULL;

  -- Written by the projector only: what was seen, and when.
  CREATE TABLE instance_status (
    instance_id uuid PRIMARY KEY REFERENCES instances (id) ON DELETE CASCADE,
    generation integer NOT NULL,
    sequence bigint NOT NULL,
    phase text NOT NULL,
    reason text NOT NULL,
    since timestamptz NOT NULL,
    reported_at timestamptz NOT NULL,
    attempt integer NOT NULL DEFAULT 0,
    next_attempt_at timestamptz,
    containers jsonb NOT NULL DEFAULT '[]',
    upstream jsonb,
    tools integer,
    era text,
    latency_ms integer,
    last_error jsonb,
    secret_delivery text,
    secret_delivery_reason text
  );
  CREATE INDEX instance_status_by_phase ON instance_status (phase);`;

const VIEWS = `
  -- What readers see of a live instance: until the first report of its generation, its wish stands for its state.
  CREATE VIEW instance_view AS
    SELECT i.id, i.name, i.description, i.server_spec_id, i.agent_id, i.json_spec, i.undeclared_environment,
           i.desired_state, i.generation, i.replicas, i.row_version, i.created_at, i.updated_at,
           CASE WHEN s.instance_id IS NULL THEN 'requested'
                WHEN i.desired_state = 'deleted' AND s.phase <> 'deleted' THEN 'deleting'
                WHEN s.generation = i.generation THEN s.phase
                WHEN i.desired_state = 'stopped' THEN 'stopping'
                WHEN s.phase IN ('running', 'degraded', 'unhealthy', 'restarting') THEN 'restarting'
                ELSE 'requested' END AS status,
           CASE WHEN s.instance_id IS NULL THEN 'Accepted; the provisioner has not looked at it yet.'
                WHEN s.generation = i.generation THEN s.reason
                WHEN i.desired_state = 'deleted' THEN 'Being deleted with everything it owns.'
                ELSE 'A change was accepted; the provisioner has not looked at it yet.' END AS reason,
           CASE WHEN s.generation = i.generation THEN s.since ELSE i.updated_at END AS since,
           coalesce(s.generation, 0) AS observed_generation,
           coalesce(s.sequence, 0) AS status_sequence,
           coalesce(s.attempt, 0) AS attempt, s.next_attempt_at,
           coalesce(s.containers, '[]'::jsonb) AS containers, s.upstream, s.tools, s.era, s.latency_ms,
           s.last_error, s.secret_delivery, s.secret_delivery_reason, s.reported_at AS last_checked_at
      FROM instances i LEFT JOIN instance_status s ON s.instance_id = i.id
     WHERE i.deleted_at IS NULL;

  -- All the provisioner may know of what is wanted.
  CREATE VIEW desired_instances AS
    SELECT id, name, generation, desired_state, replicas, json_spec AS spec FROM instances WHERE deleted_at IS NULL;`;

/** Instances: what is wanted (commands write it) and what was seen (the projector writes it). */
export class CreateInstances20261101000700 implements MigrationInterface {
  readonly name = 'CreateInstances20261101000700';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(TABLES);
    await runner.query(VIEWS);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      `DROP VIEW desired_instances; DROP VIEW instance_view; DROP TABLE instance_status; DROP TABLE instances;`,
    );
  }
}
