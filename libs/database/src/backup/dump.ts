import { Client, escapeIdentifier } from 'pg';
import { type BackupHead, ROW_SIGN } from './backup-format';

const ROWS_AT_ONCE = 500;
const MIGRATIONS = 'migrations';

/** Tables of ours, and of their partitions only the whole. What other libraries keep in schemas of their own is no state. */
const TABLES = `
  SELECT c.relname AS table,
         array_agg(a.attname::text ORDER BY a.attnum) FILTER (WHERE a.attgenerated = '') AS columns
    FROM pg_class c
    JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
   WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relname <> '${MIGRATIONS}'
   GROUP BY c.relname ORDER BY c.relname COLLATE "C"`;
const SEQUENCES = `
  SELECT c.relname AS sequence FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
   WHERE n.nspname = 'public' AND c.relkind = 'S' AND c.relname NOT LIKE '${MIGRATIONS}%' ORDER BY c.relname COLLATE "C"`;

interface Table {
  readonly table: string;
  readonly columns: readonly string[];
}

/** Every row of the database from one moment, as lines of text; whoever writes meanwhile is not held up. */
export async function* dumpDatabase(url: string, extra: BackupHead['extra']): AsyncGenerator<string> {
  const client = new Client({ connectionString: url, application_name: 'quayside backup' });
  await client.connect();
  try {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    const made = await client.query<{ name: string }>(`SELECT name FROM ${MIGRATIONS} ORDER BY id`);
    const head: BackupHead = {
      ...{ quayside_backup: 1, migrations: made.rows.map(({ name }) => name) },
      ...{ created_at: new Date().toISOString(), extra },
    };
    yield `${JSON.stringify(head)}\n`;
    let rows = 0;
    for (const table of (await client.query<Table>(TABLES)).rows) {
      yield `${JSON.stringify(table)}\n`;
      for await (const row of rowsOf(client, table)) {
        rows += 1;
        yield `${ROW_SIGN}${row}\n`;
      }
    }
    for (const { sequence } of (await client.query<{ sequence: string }>(SEQUENCES)).rows)
      yield `${JSON.stringify({ sequence, ...(await stateOf(client, sequence)) })}\n`;
    yield `${JSON.stringify({ end: true, rows })}\n`;
  } finally {
    await client.end();
  }
}

async function* rowsOf(client: Client, { table }: Table): AsyncGenerator<string> {
  await client.query(
    `DECLARE backup_rows NO SCROLL CURSOR FOR SELECT to_jsonb(t)::text AS row FROM ${escapeIdentifier(table)} AS t`,
  );
  for (;;) {
    const { rows } = await client.query<{ row: string }>(`FETCH ${String(ROWS_AT_ONCE)} FROM backup_rows`);
    // JSON of PostgreSQL stands on one line whatever is in it.
    for (const { row } of rows) yield row;
    if (rows.length < ROWS_AT_ONCE) break;
  }
  await client.query('CLOSE backup_rows');
}

async function stateOf(client: Client, sequence: string): Promise<{ value: string; called: boolean }> {
  const { rows } = await client.query<{ value: string; called: boolean }>(
    `SELECT last_value::text AS value, is_called AS called FROM ${escapeIdentifier(sequence)}`,
  );
  return rows[0] ?? { value: '1', called: false };
}
