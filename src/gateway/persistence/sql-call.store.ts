import { Injectable } from '@nestjs/common';
import { Database, storableJson } from '@app/database';
import { CallStore, type StoredCall } from '../records/call-store';

@Injectable()
export class SqlCallStore extends CallStore {
  constructor(private readonly db: Database) {
    super();
  }

  /**
   * One statement for a whole batch. The commit does not wait for the disk: a crash of the database may cost the last
   * moments of these rows and nothing else, and calls must not slow down the writes of those who wait.
   */
  override async append(calls: readonly StoredCall[]): Promise<void> {
    await this.db.execute(
      `INSERT INTO mcp_call (at, id, actor, key_id, address, request_id, trace_id, face, method, target, instance_id,
                             server_name, endpoint_name, outcome, code, protocol_version, duration_ms, upstream_ms,
                             argument_shape, workspace_id)
       SELECT c.* FROM (SELECT set_config('synchronous_commit', 'off', true)) AS soon,
         jsonb_to_recordset($1::jsonb) AS c(at timestamptz, id uuid, actor text, key_id text, address text,
         request_id text, trace_id text, face text, method text, target text, instance_id uuid, server_name text,
         endpoint_name text, outcome text, code text, protocol_version text, duration_ms real, upstream_ms real,
         argument_shape jsonb, workspace_id uuid)
       ON CONFLICT (at, id) DO NOTHING`,
      [storableJson(calls.map(toRow))],
    );
  }
}

/** Members that are not there become NULL. */
const toRow = ({ record, ...about }: StoredCall) => ({
  id: about.id,
  at: about.at,
  actor: about.actor,
  key_id: about.keyId,
  address: about.address,
  request_id: about.requestId,
  trace_id: about.traceId,
  face: record.face,
  method: record.method,
  target: record.target,
  instance_id: record.instanceId,
  server_name: record.serverName,
  endpoint_name: record.endpointName,
  outcome: record.outcome,
  code: record.code,
  protocol_version: record.protocolVersion,
  duration_ms: record.durationMs,
  upstream_ms: record.upstreamMs,
  argument_shape: record.argumentShape,
  workspace_id: about.workspaceId,
});
