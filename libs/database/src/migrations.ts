import { DataSource, MigrationExecutor, type MigrationInterface, type QueryRunner } from 'typeorm';
import { connectionOptions } from './connection-options';
import { SchemaTooNewError, translate } from './errors';

export interface MigrationOptions {
  readonly url: string;
  readonly migrations: readonly (new () => MigrationInterface)[];
  /** More steps of the same start, under the same lock: another library's tables, built-in rows. */
  readonly afterwards?: (query: (sql: string) => Promise<unknown>) => Promise<void>;
}

/** Any number will do, as long as every version uses the same one. */
const LOCK_KEY = 7_305_821_444;
/** How long a process waits for another one that migrates, and how long a single statement of a migration may take. */
const WAIT_FOR_OTHERS_MS = 300_000;
const STATEMENT_MS = 600_000;

/**
 * Brings the schema up to date, all of it or nothing. The lock belongs to the connection that migrates: when that breaks, both
 * the transaction and the lock are gone, and the next process starts from a clean state.
 */
export async function runMigrations(options: MigrationOptions): Promise<{ applied: string[] }> {
  const source = new DataSource(
    connectionOptions({
      url: options.url,
      applicationName: 'quayside migrations',
      poolSize: 2,
      statementTimeoutMs: STATEMENT_MS,
      lockTimeoutMs: WAIT_FOR_OTHERS_MS,
      migrations: options.migrations,
    }),
  );
  try {
    await source.initialize();
    return { applied: await migrateUnderLock(source, options) };
  } catch (error) {
    throw translate(error);
  } finally {
    if (source.isInitialized) await source.destroy();
  }
}

/** Which of a program's changes the database does not have yet. An empty answer also from a database that is newer. */
export async function missingMigrations({
  url,
  migrations,
}: Pick<MigrationOptions, 'url' | 'migrations'>): Promise<readonly string[]> {
  const source = new DataSource(
    connectionOptions({ url, applicationName: 'quayside start', poolSize: 1, migrations }),
  );
  try {
    await source.initialize();
    const applied = new Set(await namesInDatabase((sql) => source.query(sql)));
    return source.migrations.map(nameOf).filter((name) => !applied.has(name));
  } catch (error) {
    throw translate(error);
  } finally {
    if (source.isInitialized) await source.destroy();
  }
}

async function migrateUnderLock(source: DataSource, options: MigrationOptions): Promise<string[]> {
  const runner = source.createQueryRunner();
  try {
    await runner.query('SELECT pg_advisory_lock($1)', [LOCK_KEY]);
    await refuseNewerDatabase(source, runner);
    const applied = await new MigrationExecutor(source, runner).executePendingMigrations();
    await options.afterwards?.((sql) => runner.query(sql));
    return applied.map(({ name }) => name);
  } finally {
    // Destroying the source closes the connection and with it the lock, even when unlocking would fail.
    await runner.release();
  }
}

/** A migration in the database that this program does not have can only come from a later version of it. */
async function refuseNewerDatabase(source: DataSource, runner: QueryRunner): Promise<void> {
  const known = new Set(source.migrations.map(nameOf));
  const names = await namesInDatabase((sql) => runner.query(sql));
  const unknown = names.filter((name) => !known.has(name));
  if (unknown.length > 0) throw new SchemaTooNewError(unknown);
}

const nameOf = ({ name, constructor }: MigrationInterface): string => name ?? constructor.name;

async function namesInDatabase(query: (sql: string) => Promise<unknown>): Promise<readonly string[]> {
  const [table] = (await query(`SELECT to_regclass('migrations') IS NOT NULL AS exists`)) as [
    { exists: boolean },
  ];
  if (!table.exists) return [];
  const rows = (await query('SELECT name FROM migrations ORDER BY id')) as { name: string }[];
  return rows.map(({ name }) => name);
}
