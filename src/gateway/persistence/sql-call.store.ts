import { Injectable } from '@nestjs/common';
import { Database, storableJson } from '@app/database';
import { CallStore, type StoredCall } from '../records/call-store';
import { DistinctLists } from './distinct-lists';

/** Column, its type, and what goes into it. */
type Column = readonly [name: string, type: string, of: (call: StoredCall) => unknown];

/** What many calls of a batch have in common: who called, what, where, and how it ended. */
const SHARED: readonly Column[] = [
  ['actor', 'text', ({ actor }) => actor],
  ['key_id', 'text', ({ keyId }) => keyId],
  ['address', 'text', ({ address }) => address],
  ['workspace_id', 'uuid', ({ workspaceId }) => workspaceId],
  ['face', 'text', ({ record }) => record.face],
  ['method', 'text', ({ record }) => record.method],
  ['target', 'text', ({ record }) => record.target],
  ['instance_id', 'uuid', ({ record }) => record.instanceId],
  ['server_name', 'text', ({ record }) => record.serverName],
  ['endpoint_name', 'text', ({ record }) => record.endpointName],
  ['outcome', 'text', ({ record }) => record.outcome],
  ['code', 'text', ({ record }) => record.code],
  ['protocol_version', 'text', ({ record }) => record.protocolVersion],
];

/** What each call has for itself, and how it is read: a number is a third of the text of a moment. */
const OWN: readonly [name: string, read: (text: string) => string][] = [
  ['at', (text) => `to_timestamp((${text})::double precision / 1000)`],
  ['id', (text) => `(${text})::uuid`],
  ['request_id', (text) => text],
  ['trace_id', (text) => text],
  ['duration_ms', (text) => `(${text})::real`],
  ['upstream_ms', (text) => `(${text})::real`],
  ['argument_shape', (text) => `(${text})::jsonb`],
];

/** The commit does not wait for the disk. */
const INSERT = `
  INSERT INTO mcp_call (${[...SHARED, ...OWN].map(([name]) => name).join(', ')})
  SELECT ${SHARED.map(([, type], at) => `(shared ->> ${at})::${type}`).join(', ')},
         ${OWN.map(([, read], at) => read(`c ->> ${at + 1}`)).join(', ')}
    FROM (SELECT set_config('synchronous_commit', 'off', true)) AS soon,
         jsonb_array_elements($1::jsonb) AS c,
         LATERAL (SELECT $2::jsonb -> (c ->> 0)::integer) AS common (shared)
  ON CONFLICT (at, id) DO NOTHING`;

@Injectable()
export class SqlCallStore extends CallStore {
  constructor(private readonly db: Database) {
    super();
  }

  /**
   * One statement for a whole batch. A crash of the database may cost the last moments of these rows and nothing else, and
   * calls must not slow down the writes of those who wait.
   *
   * Writing text and sending it is what a record costs: rows go as lists, not as objects, and what they share goes once.
   */
  override async append(calls: readonly StoredCall[]): Promise<void> {
    const shared = new DistinctLists();
    const rows = calls.map((call) => rowOf(shared.placeOf(SHARED.map(([, , of]) => of(call))), call));
    await this.db.execute(INSERT, [storableJson(rows), storableJson(shared.all)]);
  }
}

/** In the order of `OWN`, after the place of what is shared. What is not there becomes null, in a list as in the table. */
function rowOf(place: number, { at, id, requestId, traceId, record }: StoredCall): readonly unknown[] {
  const { durationMs, upstreamMs, argumentShape } = record;
  return [
    place,
    at.getTime(),
    id,
    requestId,
    traceId,
    inMicroseconds(durationMs),
    inMicroseconds(upstreamMs),
    argumentShape,
  ];
}

/** More digits than were measured would only be more to send. */
const inMicroseconds = (ms: number | undefined): number | undefined =>
  ms === undefined ? undefined : Math.round(ms * 1_000) / 1_000;
