import { DEFAULT_WORKSPACE_ID } from '@app/kernel';
import { type MigrationInterface, type QueryRunner } from 'typeorm';

/**
 * The columns' default is the workspace that always exists: the version before this one goes on writing while it is being
 * replaced, and what was there before belongs to somebody.
 */
const OWNED = ['server_definition', 'instances', 'virtual_endpoint', 'operation', 'secret', 'api_key'];
/** Written once and read by time: rows of a deleted workspace stay, hence no foreign key. */
const RECORDED = ['domain_event', 'audit', 'mcp_call'];

const WORKSPACE = `
  CREATE TABLE workspace (
    id uuid PRIMARY KEY,
    name text NOT NULL UNIQUE CHECK (name ~ '^[a-z0-9](-?[a-z0-9]){0,62}$'),
    description text NOT NULL DEFAULT '',
    row_version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
  );
  INSERT INTO workspace (id, name, description)
  VALUES ('${DEFAULT_WORKSPACE_ID}', 'default', 'The first workspace; its administrators administer the installation.');`;

const GRANTS = `
  CREATE TABLE resource_grant (
    workspace_id uuid NOT NULL REFERENCES workspace (id) ON DELETE CASCADE,
    resource_type text NOT NULL CHECK (resource_type IN ('instances', 'endpoints', 'pipelines')),
    -- The id of an instance or pipeline, the name of an endpoint: what outlives a renaming.
    resource_id text NOT NULL,
    subject_kind text NOT NULL CHECK (subject_kind IN ('role', 'user', 'key')),
    subject text NOT NULL,
    permissions text[] NOT NULL,
    -- Patterns of original names of tools; absent: every tool.
    tools text[],
    created_by text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (workspace_id, resource_type, resource_id, subject_kind, subject)
  );
  -- One number that every change of a grant or a workspace raises: who keeps them in memory asks for it alone.
  CREATE TABLE access_version (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    version bigint NOT NULL
  );
  INSERT INTO access_version (version) VALUES (1);`;

const NAMES = `
  ALTER TABLE server_definition DROP CONSTRAINT server_definition_name_key,
    ADD CONSTRAINT server_definition_name_key UNIQUE (workspace_id, name);
  DROP INDEX instances_live_name;
  CREATE UNIQUE INDEX instances_live_name ON instances (workspace_id, name) WHERE deleted_at IS NULL;
  DROP INDEX instances_by_age;
  CREATE INDEX instances_by_age ON instances (workspace_id, created_at DESC, id DESC) WHERE deleted_at IS NULL;
  ALTER TABLE virtual_endpoint DROP CONSTRAINT virtual_endpoint_pkey, ADD PRIMARY KEY (workspace_id, name);
  ALTER TABLE secret DROP CONSTRAINT secret_scope_name_key,
    ADD CONSTRAINT secret_scope_name_key UNIQUE (workspace_id, scope, name);`;

const NAMES_BEFORE = `
  ALTER TABLE secret DROP CONSTRAINT secret_scope_name_key,
    ADD CONSTRAINT secret_scope_name_key UNIQUE (scope, name);
  ALTER TABLE virtual_endpoint DROP CONSTRAINT virtual_endpoint_pkey, ADD PRIMARY KEY (name);
  DROP INDEX instances_by_age;
  CREATE INDEX instances_by_age ON instances (created_at DESC, id DESC) WHERE deleted_at IS NULL;
  DROP INDEX instances_live_name;
  CREATE UNIQUE INDEX instances_live_name ON instances (name) WHERE deleted_at IS NULL;
  ALTER TABLE server_definition DROP CONSTRAINT server_definition_name_key,
    ADD CONSTRAINT server_definition_name_key UNIQUE (name);`;

/** `added` is what comes after the columns of before: replacing keeps who may read the view. */
const views = (added: { view: string; desired: string; trail: readonly [string, string] }): string => `
  CREATE OR REPLACE VIEW instance_view AS
    SELECT i.id, i.name, i.description, i.server_spec_id, i.agent_id, i.json_spec, i.undeclared_environment,
           i.desired_state, i.generation, i.replicas, i.row_version, i.created_at, i.updated_at,
           CASE WHEN i.desired_state = 'deleted' THEN 'deleting'
                WHEN s.instance_id IS NULL THEN 'requested'
                WHEN s.generation = i.generation THEN s.phase
                WHEN i.desired_state = 'stopped' THEN 'stopping'
                WHEN s.phase IN ('running', 'degraded', 'unhealthy', 'restarting') THEN 'restarting'
                ELSE 'requested' END AS status,
           CASE WHEN s.generation = i.generation THEN s.reason
                WHEN i.desired_state = 'deleted' THEN 'Being deleted with everything it owns.'
                WHEN s.instance_id IS NULL THEN 'Accepted; the provisioner has not looked at it yet.'
                ELSE 'A change was accepted; the provisioner has not looked at it yet.' END AS reason,
           CASE WHEN s.generation = i.generation THEN s.since ELSE i.updated_at END AS since,
           coalesce(s.generation, 0) AS observed_generation,
           coalesce(s.sequence, 0) AS status_sequence,
           coalesce(s.attempt, 0) AS attempt, s.next_attempt_at,
           coalesce(s.containers, '[]'::jsonb) AS containers, s.upstream, s.tools, s.era, s.latency_ms,
           s.last_error, s.secret_delivery, s.secret_delivery_reason, s.reported_at AS last_checked_at${added.view}
      FROM instances i LEFT JOIN instance_status s ON s.instance_id = i.id
     WHERE i.deleted_at IS NULL;
  CREATE OR REPLACE VIEW desired_instances AS
    SELECT id, name, generation, desired_state, replicas, json_spec AS spec${added.desired}
      FROM instances WHERE deleted_at IS NULL;
  CREATE OR REPLACE VIEW audit_trail AS
    SELECT id, at, actor, key_id, address, request_id, action, resource_type, resource_id, outcome, detail, event_id${added.trail[0]}
      FROM audit
    UNION ALL
    SELECT id, at, actor, key_id, address, request_id,
           CASE method WHEN 'tools/call' THEN 'mcp.tool.called' WHEN 'resources/read' THEN 'mcp.resource.read'
                       WHEN 'prompts/get' THEN 'mcp.prompt.read' ELSE 'mcp.request.denied' END,
           CASE WHEN instance_id IS NOT NULL THEN 'instances' WHEN endpoint_name IS NOT NULL THEN 'endpoints' ELSE 'faces' END,
           COALESCE(instance_id::text, endpoint_name, face),
           CASE WHEN outcome IN ('ok', 'tool_error') THEN 'succeeded' WHEN outcome = 'denied' THEN 'denied' ELSE 'failed' END,
           jsonb_strip_nulls(jsonb_build_object(
             'face', face, 'method', method, 'server_name', server_name, 'endpoint_name', endpoint_name,
             'tool_name', CASE method WHEN 'tools/call' THEN target END,
             'target', CASE WHEN method <> 'tools/call' THEN target END,
             'arguments', argument_shape,
             'duration_ms', round(duration_ms), 'upstream_ms', round(upstream_ms),
             'is_error', CASE outcome WHEN 'ok' THEN false WHEN 'tool_error' THEN true END,
             'code', code, 'protocol_version', protocol_version, 'trace_id', trace_id)),
           NULL${added.trail[1]}
      FROM mcp_call;`;

const GRANT_TO_PROVISIONER = `
  DO $$ BEGIN GRANT SELECT ON desired_instances TO quayside_provisioner;
  EXCEPTION WHEN insufficient_privilege OR undefined_object THEN RAISE NOTICE 'quayside_provisioner: %', SQLERRM; END $$;`;

/** Every row belongs to one workspace; who may use single resources of it is said by grants. */
export class CreateWorkspaces20261101001600 implements MigrationInterface {
  readonly name = 'CreateWorkspaces20261101001600';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(WORKSPACE);
    for (const table of OWNED)
      await runner.query(
        `ALTER TABLE ${table} ADD COLUMN workspace_id uuid NOT NULL DEFAULT '${DEFAULT_WORKSPACE_ID}' REFERENCES workspace (id)`,
      );
    for (const table of RECORDED)
      await runner.query(
        `ALTER TABLE ${table} ADD COLUMN workspace_id uuid DEFAULT '${DEFAULT_WORKSPACE_ID}'`,
      );
    await runner.query(`ALTER TABLE instances ADD COLUMN created_by text`);
    await runner.query(NAMES);
    await runner.query(
      views({
        view: ', i.workspace_id, i.created_by',
        desired: ', workspace_id',
        trail: [', workspace_id', ', workspace_id'],
      }),
    );
    await runner.query(GRANTS);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE access_version; DROP TABLE resource_grant;`);
    await runner.query(`DROP VIEW audit_trail; DROP VIEW desired_instances; DROP VIEW instance_view;`);
    await runner.query(NAMES_BEFORE);
    for (const table of [...OWNED, ...RECORDED])
      await runner.query(`ALTER TABLE ${table} DROP COLUMN workspace_id`);
    await runner.query(`ALTER TABLE instances DROP COLUMN created_by; DROP TABLE workspace;`);
    await runner.query(views({ view: '', desired: '', trail: ['', ''] }));
    await runner.query(GRANT_TO_PROVISIONER);
  }
}
