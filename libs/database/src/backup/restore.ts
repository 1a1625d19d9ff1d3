import { Client, escapeIdentifier, escapeLiteral } from 'pg';
import { type MigrationInterface } from 'typeorm';
import { SchemaTooNewError } from '../errors';
import { runMigrations } from '../migrations';
import { BackupDamagedError, type BackupHead, type BackupMark, ROW_SIGN } from './backup-format';

export interface RestoreOptions {
  readonly url: string;
  readonly migrations: readonly (new () => MigrationInterface)[];
  readonly lines: AsyncIterable<string>;
  /** Asked before anything is changed; throws where the backup must not be used here. */
  readonly onHead?: (head: BackupHead) => void;
}

/** Rows of one INSERT, and their bytes: a row may hold a megabyte. */
const ROWS_AT_ONCE = 500;
const BYTES_AT_ONCE = 8 * 1_024 * 1_024;

/**
 * Puts a backup in the place of whatever the database holds, all of it or nothing. A backup of an older version comes into the
 * schema that it was made with; what came since is applied to it afterwards, as to any other database.
 */
export async function restoreDatabase(options: RestoreOptions): Promise<BackupHead> {
  const lines = options.lines[Symbol.asyncIterator]();
  const first = await lines.next();
  const head = headOf(first.done === true ? '' : first.value);
  options.onHead?.(head);
  await runMigrations({ url: options.url, migrations: madeBy(head, options.migrations) });
  const client = new Client({ connectionString: options.url, application_name: 'quayside restore' });
  await client.connect();
  try {
    await client.query('BEGIN');
    // Rows come in no order that keys would accept, and triggers have done their work when the rows were written first.
    await client.query(`SET LOCAL session_replication_role = replica`);
    await empty(client);
    await fill(client, { [Symbol.asyncIterator]: () => lines });
    await client.query('COMMIT');
  } finally {
    await client.end();
  }
  await runMigrations({ url: options.url, migrations: options.migrations });
  return head;
}

function headOf(line: string): BackupHead {
  try {
    const head = JSON.parse(line) as Partial<BackupHead>;
    if (head.quayside_backup === 1 && Array.isArray(head.migrations)) return head as BackupHead;
  } catch {
    // Said below: what the parser says would print what was read.
  }
  throw new BackupDamagedError('This is no backup of an installation.');
}

function madeBy(
  { migrations: names }: BackupHead,
  known: RestoreOptions['migrations'],
): RestoreOptions['migrations'] {
  const wanted = new Set(names);
  const found = known.filter(({ name }) => wanted.has(name));
  const missing = names.filter((name) => !known.some((migration) => migration.name === name));
  if (missing.length > 0) throw new SchemaTooNewError(missing);
  return found;
}

async function empty(client: Client): Promise<void> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT quote_ident(tablename) AS name FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'migrations'`,
  );
  if (rows.length > 0) await client.query(`TRUNCATE ${rows.map(({ name }) => name).join(', ')}`);
}

type Table = Extract<BackupMark, { table: string }>;

async function fill(client: Client, lines: AsyncIterable<string>): Promise<void> {
  let table: Table | undefined;
  let waiting: string[] = [];
  let [waitingBytes, count] = [0, 0];
  const flush = async (): Promise<void> => {
    if (table !== undefined && waiting.length > 0) await insert(client, table, waiting);
    waiting = [];
    waitingBytes = 0;
  };
  for await (const line of lines) {
    if (line.startsWith(ROW_SIGN)) {
      waiting.push(line);
      waitingBytes += line.length;
      count += 1;
      if (waiting.length >= ROWS_AT_ONCE || waitingBytes >= BYTES_AT_ONCE) await flush();
      continue;
    }
    await flush();
    const mark = JSON.parse(line) as BackupMark;
    if ('table' in mark) table = mark;
    else if ('sequence' in mark) await setSequence(client, mark);
    else if (mark.rows === count) return;
    else break;
  }
  throw new BackupDamagedError('The backup was cut off: nothing was changed.');
}

/** Columns that the backup does not name get their defaults. */
async function insert(client: Client, { table, columns }: Table, rows: readonly string[]): Promise<void> {
  const names = columns.map((column) => escapeIdentifier(column)).join(', ');
  const into = escapeIdentifier(table);
  await client.query(
    `INSERT INTO ${into} (${names}) OVERRIDING SYSTEM VALUE
     SELECT ${names} FROM jsonb_populate_recordset(NULL::${into}, $1::jsonb)`,
    [`[${rows.join(',')}]`],
  );
}

async function setSequence(
  client: Client,
  { sequence, value, called }: Extract<BackupMark, { sequence: string }>,
): Promise<void> {
  await client.query(
    `SELECT setval(${escapeLiteral(`public.${escapeIdentifier(sequence)}`)}::regclass, $1::bigint, $2::boolean)`,
    [value, called],
  );
}
