import { type MigrationInterface, type QueryRunner } from 'typeorm';

/**
 * One row per call of a tool, of a resource, of a prompt, and per request that was denied: what usage is counted from and what
 * the audit trail shows of calls. A table of its own, because there are a thousand of them for one change: the trail of
 * changes stays small, and what calls cost the database is one index on time. The time belongs to the key, since rows come in
 * order of time and are read in it.
 */
export class CreateMcpCalls20261101001500 implements MigrationInterface {
  readonly name = 'CreateMcpCalls20261101001500';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE mcp_call (
        at timestamptz NOT NULL,
        id uuid NOT NULL,
        actor text NOT NULL,
        key_id text,
        address text,
        request_id text,
        trace_id text,
        face text NOT NULL,
        method text NOT NULL,
        target text,
        instance_id uuid,
        server_name text,
        endpoint_name text,
        outcome text NOT NULL,
        code text,
        protocol_version text,
        duration_ms real NOT NULL,
        upstream_ms real,
        argument_shape jsonb,
        PRIMARY KEY (at, id)
      );
      CREATE INDEX mcp_call_by_instance ON mcp_call (instance_id, at DESC);
    `);
    // What people read: changes and calls in one order of time.
    await runner.query(`
      CREATE VIEW audit_trail AS
      SELECT id, at, actor, key_id, address, request_id, action, resource_type, resource_id, outcome, detail, event_id
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
             NULL
        FROM mcp_call;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP VIEW audit_trail; DROP TABLE mcp_call;`);
  }
}
