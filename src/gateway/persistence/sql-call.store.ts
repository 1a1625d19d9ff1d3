import { Injectable } from '@nestjs/common';
import { Database, storableJson } from '@app/database';
import { CallStore, type StoredCall } from '../records/call-store';

/**
 * Column, its type, and what goes into it. Rows are sent as lists, not as objects: the names would be more than half of what is
 * written, and writing is what a record costs.
 */
const COLUMNS: readonly (readonly [name: string, type: string, of: (call: StoredCall) => unknown])[] = [
  ['at', 'timestamptz', ({ at }) => at],
  ['id', 'uuid', ({ id }) => id],
  ['actor', 'text', ({ actor }) => actor],
  ['key_id', 'text', ({ keyId }) => keyId],
  ['address', 'text', ({ address }) => address],
  ['request_id', 'text', ({ requestId }) => requestId],
  ['trace_id', 'text', ({ traceId }) => traceId],
  ['face', 'text', ({ record }) => record.face],
  ['method', 'text', ({ record }) => record.method],
  ['target', 'text', ({ record }) => record.target],
  ['instance_id', 'uuid', ({ record }) => record.instanceId],
  ['server_name', 'text', ({ record }) => record.serverName],
  ['endpoint_name', 'text', ({ record }) => record.endpointName],
  ['outcome', 'text', ({ record }) => record.outcome],
  ['code', 'text', ({ record }) => record.code],
  ['protocol_version', 'text', ({ record }) => record.protocolVersion],
  ['duration_ms', 'real', ({ record }) => record.durationMs],
  ['upstream_ms', 'real', ({ record }) => record.upstreamMs],
  ['argument_shape', 'jsonb', ({ record }) => record.argumentShape],
  ['workspace_id', 'uuid', ({ workspaceId }) => workspaceId],
];

/** The commit does not wait for the disk. */
const INSERT = `
  INSERT INTO mcp_call (${COLUMNS.map(([name]) => name).join(', ')})
  SELECT ${COLUMNS.map(([, type], at) => `(c ->> ${at})::${type}`).join(', ')}
    FROM (SELECT set_config('synchronous_commit', 'off', true)) AS soon, jsonb_array_elements($1::jsonb) AS c
  ON CONFLICT (at, id) DO NOTHING`;

@Injectable()
export class SqlCallStore extends CallStore {
  constructor(private readonly db: Database) {
    super();
  }

  /**
   * One statement for a whole batch. A crash of the database may cost the last moments of these rows and nothing else, and
   * calls must not slow down the writes of those who wait.
   */
  override async append(calls: readonly StoredCall[]): Promise<void> {
    await this.db.execute(INSERT, [storableJson(calls.map(toList))]);
  }
}

/** What is not there becomes null, in a list as in the table. */
const toList = (call: StoredCall): readonly unknown[] => COLUMNS.map(([, , of]) => of(call));
