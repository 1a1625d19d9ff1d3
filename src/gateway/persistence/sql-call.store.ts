import { Injectable } from '@nestjs/common';
import { Database, storableJson, storableText } from '@app/database';
import { CallStore, type StoredCall } from '../records/call-store';
import { SHARED, SharedParts } from './shared-parts';

/** What each call has for itself, and how it is read: whole numbers are the cheapest to write. */
const OWN: readonly [name: string, read: (text: string) => string][] = [
  ['at', (text) => `to_timestamp((${text})::double precision / 1000)`],
  ['id', (text) => `(${text})::uuid`],
  ['request_id', (text) => text],
  ['trace_id', (text) => text],
  ['duration_ms', (text) => `((${text})::double precision / 1000)::real`],
  ['upstream_ms', (text) => `((${text})::double precision / 1000)::real`],
  ['argument_shape', (text) => `(${text})::jsonb`],
];

/** The commit does not wait for the disk. What is shared is read once a batch, not once a row. */
const INSERT = `
  WITH common AS MATERIALIZED (
    SELECT (nth - 1)::integer AS place, ${SHARED.map(([name, type], at) => `(shared ->> ${at})::${type} AS ${name}`).join(', ')}
      FROM jsonb_array_elements($2::jsonb) WITH ORDINALITY AS each (shared, nth)
  )
  INSERT INTO mcp_call (${[...SHARED, ...OWN].map(([name]) => name).join(', ')})
  SELECT ${SHARED.map(([name]) => `common.${name}`).join(', ')},
         ${OWN.map(([, read], at) => read(`c ->> ${at + 1}`)).join(', ')}
    FROM (SELECT set_config('synchronous_commit', 'off', true)) AS soon,
         jsonb_array_elements($1::jsonb) AS c JOIN common ON common.place = (c ->> 0)::integer
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
    const shared = new SharedParts();
    const rows = calls.map((call) => rowOf(shared.placeOf(call), call)).join(',');
    await this.db.execute(INSERT, [storableText(`[${rows}]`), storableJson(shared.all)]);
  }
}

/** In the order of `OWN`, after the place of what is shared. What is not there becomes null, in a list as in the table. */
function rowOf(place: number, { at, id, requestId, traceId, record }: StoredCall): string {
  const { durationMs, upstreamMs, argumentShape } = record;
  return (
    `[${String(place)},${String(at.getTime())},"${id}",${textOf(requestId)},${textOf(traceId)},` +
    `${microseconds(durationMs)},${microseconds(upstreamMs)},` +
    `${argumentShape === undefined ? NULL : JSON.stringify(argumentShape)}]`
  );
}

const NULL = 'null';
/** Ids of requests are of these, those of traces as well. */
const PLAIN = /^[\w.-]*$/;

function textOf(text: string | null): string {
  if (text === null) return NULL;
  return PLAIN.test(text) ? `"${text}"` : JSON.stringify(text);
}

/** More digits than were measured would only be more to send. */
const microseconds = (ms: number | undefined): string =>
  ms === undefined ? NULL : String(Math.round(ms * 1_000));
