import { createHash, randomBytes } from 'node:crypto';
import { Client, escapeIdentifier } from 'pg';
import { Database, type MigrationOptions, runMigrations } from '@app/database';
import { serverUrl } from './server-url';

export interface TestDatabaseOptions {
  readonly migrations: MigrationOptions['migrations'];
  /** More steps on the template, such as another library's tables. */
  readonly afterwards?: (url: string) => Promise<void>;
  readonly poolSize?: number;
}

export interface TestDatabase {
  readonly db: Database;
  readonly url: string;
  /** Closes `db` and drops the database, also while others are connected to it. */
  drop(): Promise<void>;
}

/** What is looked at in a database before it goes; a fault that it throws fails the spec file. */
export type Inspection = (client: Client) => Promise<void>;
const inspections: Inspection[] = [];

/** For the set-up of a project: every database of every spec file is looked at. */
export function inspectBeforeDrop(inspection: Inspection): void {
  inspections.push(inspection);
}

/** For a database that is not dropped but ends with its server. */
export async function inspectDatabase(url: string): Promise<void> {
  for (const inspection of inspections) await onServer(url, inspection);
}

const LOCK_KEY = 7_305_821_445;
const POOL_SIZE = 10;
/** A machine that is busy with other tests is slow, not broken. */
const STATEMENT_TIMEOUT_MS = 60_000;

/** A database for one spec file: a copy of a migrated template, which the first caller of a server makes. */
export async function testDatabase(options: TestDatabaseOptions): Promise<TestDatabase> {
  const server = await serverUrl();
  const template = await ensureTemplate(server, options);
  const name = `quayside_spec_${randomBytes(6).toString('hex')}`;
  await onServer(server, (client) =>
    client.query(`CREATE DATABASE ${escapeIdentifier(name)} TEMPLATE ${escapeIdentifier(template)}`),
  );
  const url = urlOf(server, name);
  const db = await Database.open({
    url,
    applicationName: 'quayside tests',
    poolSize: options.poolSize ?? POOL_SIZE,
    statementTimeoutMs: STATEMENT_TIMEOUT_MS,
  });
  return {
    db,
    url,
    drop: async () => {
      await db.close();
      try {
        await inspectDatabase(url);
      } finally {
        await onServer(server, (client) =>
          client.query(`DROP DATABASE IF EXISTS ${escapeIdentifier(name)} WITH (FORCE)`),
        );
      }
    },
  };
}

async function ensureTemplate(server: string, options: TestDatabaseOptions): Promise<string> {
  const template = `quayside_template_${fingerprint(options)}`;
  await onServer(server, async (client) => {
    await client.query('SELECT pg_advisory_lock($1)', [LOCK_KEY]);
    const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [template]);
    if (rowCount === 0) await makeTemplate(client, server, template, options);
  });
  return template;
}

/** Made under another name: a template that bears its own is complete. */
async function makeTemplate(
  client: Client,
  server: string,
  template: string,
  { migrations, afterwards }: TestDatabaseOptions,
): Promise<void> {
  const draft = `${template}_draft`;
  await client.query(`DROP DATABASE IF EXISTS ${escapeIdentifier(draft)} WITH (FORCE)`);
  await client.query(`CREATE DATABASE ${escapeIdentifier(draft)}`);
  const url = urlOf(server, draft);
  await runMigrations({ url, migrations, afterwards: () => afterwards?.(url) ?? Promise.resolve() });
  // A connection that was just closed may still count as a user of the database for a moment.
  await client.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1', [draft]);
  await client.query(`ALTER DATABASE ${escapeIdentifier(draft)} RENAME TO ${escapeIdentifier(template)}`);
}

/** Of the names and of the text, so that a migration that is being written gets a new template each time. */
function fingerprint({ migrations, afterwards }: TestDatabaseOptions): string {
  const hash = createHash('sha256');
  for (const migration of migrations) hash.update(migration.name).update(migration.toString());
  hash.update(afterwards?.toString() ?? '');
  return hash.digest('hex').slice(0, 16);
}

function urlOf(server: string, database: string): string {
  const url = new URL(server);
  url.pathname = `/${database}`;
  return url.href;
}

async function onServer<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url, application_name: 'quayside tests' });
  // A connection that breaks fails the statement; the event as well would end the process.
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
