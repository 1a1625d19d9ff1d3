import { Injectable } from '@nestjs/common';
import { Database, isUniqueViolation } from '@app/database';
import { CallStore } from '../records/call-store';
import { SHARED } from './shared-parts';
import { SqlCallPage } from './sql-call-page';

const COMMON = SHARED.map(([name]) => `common.${name}`).join(', ');

/** The commit does not wait for the disk. What calls share is read once a batch, not once a row. */
const INSERT = `
  WITH common AS MATERIALIZED (
    SELECT (nth - 1)::integer AS place, ${SHARED.map(([name, type], at) => `(shared ->> ${at})::${type} AS ${name}`).join(', ')}
      FROM jsonb_array_elements($1::jsonb) WITH ORDINALITY AS each (shared, nth)
  )
  INSERT INTO mcp_call (${SHARED.map(([name]) => name).join(', ')},
                        at, id, request_id, trace_id, duration_ms, upstream_ms, argument_shape)
  SELECT ${COMMON}, own.at, own.id, own.request_id, own.trace_id, own.duration_ms, own.upstream_ms, own.argument_shape::jsonb
    FROM (SELECT set_config('synchronous_commit', 'off', true)) AS soon,
         unnest($2::integer[], $3::timestamptz[], $4::uuid[], $5::text[], $6::text[], $7::real[], $8::real[], $9::text[])
           AS own (place, at, id, request_id, trace_id, duration_ms, upstream_ms, argument_shape)
    JOIN common ON common.place = own.place`;

/** A look for each row, whether it is there. */
const INSERT_THE_REST = `${INSERT} ON CONFLICT (at, id) DO NOTHING`;

@Injectable()
export class SqlCallStore extends CallStore<SqlCallPage> {
  constructor(private readonly db: Database) {
    super();
  }

  override newPage(): SqlCallPage {
    return new SqlCallPage();
  }

  /**
   * One statement for a whole batch. A crash of the database may cost the last moments of these rows and nothing else, and
   * calls must not slow down the writes of those who wait.
   *
   * To read and to keep rows is what records cost the database: they go as lists that need no parsing, what they share goes
   * once, and whether they are there already is asked only when one of them is.
   */
  override async append(pages: readonly SqlCallPage[]): Promise<void> {
    const values = SqlCallPage.parametersOf(pages);
    try {
      await this.db.execute(INSERT, values);
    } catch (error) {
      // Sent before, and only the answer was lost. The statement left nothing behind.
      if (!isUniqueViolation(error)) throw error;
      await this.db.execute(INSERT_THE_REST, values);
    }
  }
}
