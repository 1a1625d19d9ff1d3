import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** What a writer says of a row; `entry` and `tx` are the database's own words. */
const AUDIT_COLUMNS =
  'id, at, actor, key_id, address, request_id, action, resource_type, resource_id, outcome, detail, event_id, workspace_id, before, after';
const CALL_COLUMNS =
  'at, id, actor, key_id, address, request_id, trace_id, face, method, target, instance_id, server_name, endpoint_name, outcome, code, protocol_version, duration_ms, upstream_ms, argument_shape, workspace_id';

/**
 * The trail becomes a chain (docs/adr/0011). Rows are written without a hash, so that writers never wait for each other; a
 * sealer puts whole ranges of them under a keyed hash once their transactions have ended. `(tx, entry)` is the order of the
 * rows: below the oldest running transaction nothing can come in between any more.
 */
export class SealAudit20261101002100 implements MigrationInterface {
  readonly name = 'SealAudit20261101002100';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(ROWS);
    await runner.query(TRAIL);
    await runner.query(CHAIN);
    await runner.query(REMOVAL);
    await runner.query(ROLE);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DO $$ BEGIN
        EXECUTE format('ALTER DEFAULT PRIVILEGES IN SCHEMA %I REVOKE ALL ON TABLES FROM quayside_app', current_schema());
        EXECUTE format('ALTER DEFAULT PRIVILEGES IN SCHEMA %I REVOKE ALL ON SEQUENCES FROM quayside_app', current_schema());
        EXECUTE format('REVOKE ALL ON ALL TABLES IN SCHEMA %I FROM quayside_app', current_schema());
        EXECUTE format('REVOKE ALL ON ALL SEQUENCES IN SCHEMA %I FROM quayside_app', current_schema());
        EXECUTE format('REVOKE ALL ON SCHEMA %I FROM quayside_app', current_schema());
      EXCEPTION WHEN undefined_object OR insufficient_privilege THEN NULL; END $$;
      DROP FUNCTION audit_forget_segment(integer, integer);
      DROP TABLE audit_removal; DROP TABLE audit_segment; DROP TABLE audit_seal;
      DROP VIEW audit_trail;
      ALTER TABLE mcp_call DROP COLUMN entry, DROP COLUMN tx;
      ALTER TABLE audit DROP COLUMN before, DROP COLUMN after, DROP COLUMN entry, DROP COLUMN tx;
    `);
    await runner.query(`CREATE VIEW audit_trail AS ${trailOf('', '')}`);
  }
}

const ROWS = `
  ALTER TABLE audit
    ADD COLUMN before jsonb,
    ADD COLUMN after jsonb,
    ADD COLUMN entry bigint GENERATED ALWAYS AS IDENTITY,
    ADD COLUMN tx xid8 NOT NULL DEFAULT pg_current_xact_id();
  ALTER TABLE mcp_call
    ADD COLUMN entry bigint GENERATED ALWAYS AS IDENTITY,
    ADD COLUMN tx xid8 NOT NULL DEFAULT pg_current_xact_id();
  -- Few transactions write many rows: the index holds each number once.
  CREATE INDEX audit_by_tx ON audit (tx);
  CREATE INDEX mcp_call_by_tx ON mcp_call (tx);
  CREATE INDEX audit_by_request ON audit (request_id);`;

/** Changes and calls in one order of time; what each of them has more than it had at first comes last. */
function trailOf(auditMore: string, callMore: string): string {
  return `
  SELECT id, at, actor, key_id, address, request_id, action, resource_type, resource_id, outcome, detail, event_id, workspace_id${auditMore}
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
         NULL, workspace_id${callMore}
    FROM mcp_call;`;
}

const TRAIL = `CREATE OR REPLACE VIEW audit_trail AS ${trailOf(
  ', before, after',
  ', NULL::jsonb, NULL::jsonb',
)}`;

const CHAIN = `
  -- One link: all rows of one kind after the link before it, up to a position. Each link knows both positions.
  CREATE TABLE audit_seal (
    sequence bigint PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('audit', 'calls')),
    key_id text NOT NULL,
    row_count integer NOT NULL CHECK (row_count > 0),
    audit_tx xid8 NOT NULL,
    audit_entry bigint NOT NULL,
    call_tx xid8 NOT NULL,
    call_entry bigint NOT NULL,
    digest bytea NOT NULL,
    -- The beginning of each row's own digest: finds the row that is not what it was.
    members bytea NOT NULL,
    previous bytea NOT NULL,
    hash bytea NOT NULL,
    sealed_at timestamptz NOT NULL
  );
  CREATE TABLE audit_segment (
    number integer PRIMARY KEY,
    first_sequence bigint NOT NULL UNIQUE,
    last_sequence bigint NOT NULL UNIQUE,
    audit_rows bigint NOT NULL,
    call_rows bigint NOT NULL,
    audit_tx xid8 NOT NULL,
    audit_entry bigint NOT NULL,
    call_tx xid8 NOT NULL,
    call_entry bigint NOT NULL,
    digest bytea NOT NULL,
    first_previous bytea NOT NULL,
    last_hash bytea NOT NULL,
    opened_at timestamptz NOT NULL,
    closed_at timestamptz NOT NULL,
    key_id text NOT NULL,
    previous bytea NOT NULL,
    signature bytea NOT NULL
  );
  CREATE TABLE audit_removal (
    segment integer PRIMARY KEY REFERENCES audit_segment (number),
    removed_at timestamptz NOT NULL DEFAULT now()
  );`;

/**
 * The only way in which rows leave the trail, with the rights of the owner: the oldest closed segment, and not before its time.
 * The rows go in portions; the segment counts as removed from the first one on, and its summary stays.
 */
const REMOVAL = `
  CREATE FUNCTION audit_forget_segment(which integer, portion integer) RETURNS bigint
  LANGUAGE plpgsql SECURITY DEFINER AS $$
  DECLARE
    -- Nobody who can write a setting may clear the trail of last week.
    shortest CONSTANT integer := 30;
    given CONSTANT integer := 365;
    days integer;
    segment audit_segment;
    before_it audit_segment;
    gone bigint;
    more bigint;
  BEGIN
    SELECT * INTO segment FROM audit_segment WHERE number = which;
    IF NOT FOUND THEN RAISE EXCEPTION 'There is no closed segment %.', which; END IF;
    SELECT greatest(shortest, coalesce((SELECT (value #>> '{}')::integer FROM setting WHERE name = 'audit_retention_days'), given))
      INTO days;
    IF segment.closed_at > now() - make_interval(days => days) THEN
      RAISE EXCEPTION 'Segment % is kept for % days.', which, days;
    END IF;
    IF EXISTS (SELECT FROM audit_segment s WHERE s.number < which AND NOT EXISTS (SELECT FROM audit_removal r WHERE r.segment = s.number)) THEN
      RAISE EXCEPTION 'Segment % is not the oldest.', which;
    END IF;
    INSERT INTO audit_removal (segment) VALUES (which) ON CONFLICT DO NOTHING;
    SELECT * INTO before_it FROM audit_segment WHERE number < which ORDER BY number DESC LIMIT 1;
    DELETE FROM audit WHERE ctid = ANY (ARRAY(
      SELECT a.ctid FROM audit a
       WHERE a.tx >= coalesce(before_it.audit_tx, '0'::xid8) AND a.tx <= segment.audit_tx
         AND (a.tx, a.entry) > (coalesce(before_it.audit_tx, '0'::xid8), coalesce(before_it.audit_entry, 0))
         AND (a.tx, a.entry) <= (segment.audit_tx, segment.audit_entry) LIMIT portion));
    GET DIAGNOSTICS gone = ROW_COUNT;
    DELETE FROM mcp_call WHERE ctid = ANY (ARRAY(
      SELECT c.ctid FROM mcp_call c
       WHERE c.tx >= coalesce(before_it.call_tx, '0'::xid8) AND c.tx <= segment.call_tx
         AND (c.tx, c.entry) > (coalesce(before_it.call_tx, '0'::xid8), coalesce(before_it.call_entry, 0))
         AND (c.tx, c.entry) <= (segment.call_tx, segment.call_entry) LIMIT portion));
    GET DIAGNOSTICS more = ROW_COUNT;
    gone := gone + more;
    DELETE FROM audit_seal WHERE sequence = ANY (ARRAY(
      SELECT sequence FROM audit_seal WHERE sequence BETWEEN segment.first_sequence AND segment.last_sequence LIMIT portion));
    GET DIAGNOSTICS more = ROW_COUNT;
    RETURN gone + more;
  END
  $$;
  REVOKE ALL ON FUNCTION audit_forget_segment(integer, integer) FROM PUBLIC;
  -- Rows are looked up in our schema only, whatever the caller's search path says.
  DO $$ BEGIN
    EXECUTE format('ALTER FUNCTION audit_forget_segment(integer, integer) SET search_path = %I, pg_temp', current_schema());
  END $$;`;

/** The role of api, gateway and worker: it writes everything but the past. */
const ROLE = `
  DO $$
  BEGIN
    BEGIN
      IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'quayside_app') THEN
        CREATE ROLE quayside_app NOLOGIN;
      END IF;
    EXCEPTION
      -- Another installation in this cluster made it at the same moment.
      WHEN duplicate_object OR unique_violation THEN NULL;
    END;
    IF NOT pg_has_role(current_user, 'quayside_app', 'MEMBER') THEN
      EXECUTE format('GRANT quayside_app TO %I', current_user);
    END IF;
    EXECUTE format('GRANT USAGE ON SCHEMA %I TO quayside_app', current_schema());
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA %I TO quayside_app', current_schema());
    EXECUTE format('GRANT USAGE, SELECT, UPDATE ON ALL SEQUENCES IN SCHEMA %I TO quayside_app', current_schema());
    -- What later migrations make.
    EXECUTE format('ALTER DEFAULT PRIVILEGES IN SCHEMA %I GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO quayside_app', current_schema());
    EXECUTE format('ALTER DEFAULT PRIVILEGES IN SCHEMA %I GRANT USAGE, SELECT, UPDATE ON SEQUENCES TO quayside_app', current_schema());
    REVOKE INSERT, UPDATE, DELETE ON audit, mcp_call, audit_seal, audit_segment, audit_removal, migrations FROM quayside_app;
    GRANT INSERT (${AUDIT_COLUMNS}) ON audit TO quayside_app;
    GRANT INSERT (${CALL_COLUMNS}) ON mcp_call TO quayside_app;
    GRANT INSERT ON audit_seal, audit_segment TO quayside_app;
    GRANT EXECUTE ON FUNCTION audit_forget_segment(integer, integer) TO quayside_app;
  EXCEPTION
    -- Managed databases may forbid roles: api, gateway and worker then connect as the owner, and /health says so.
    WHEN insufficient_privilege THEN RAISE NOTICE 'quayside_app: %', SQLERRM;
  END
  $$;`;
