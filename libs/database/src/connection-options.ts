import { type DataSourceOptions, type Logger, type MigrationInterface } from 'typeorm';
import { SteadyClient } from './steady-client';

export interface DatabaseOptions {
  readonly url: string;
  readonly poolSize?: number;
  /** Shown in pg_stat_activity, so that an operator sees who holds a connection. */
  readonly applicationName: string;
  /** Statements run as this database role; without it in this database, as the owner (`Database.roleApplied`). */
  readonly role?: string;
  readonly statementTimeoutMs?: number;
  readonly lockTimeoutMs?: number;
  /** Also the longest wait for a free connection of the pool. */
  readonly connectTimeoutMs?: number;
  readonly migrations?: readonly (new () => MigrationInterface)[];
  readonly entities?: readonly (new () => object)[];
}

export const DEFAULT_POOL_SIZE = 20;
const STATEMENT_TIMEOUT_MS = 15_000;
const LOCK_TIMEOUT_MS = 5_000;
const CONNECT_TIMEOUT_MS = 5_000;
/** An idle transaction holds back the relay, which only reads below the oldest open one. */
const IDLE_IN_TRANSACTION_TIMEOUT_MS = 15_000;
/** The server ends a slow statement itself; the client's limit, a little later, is for a server that has gone silent. */
const SILENT_SERVER_EXTRA_MS = 5_000;
/** A connection that nobody used for so long is closed: longer than a minute, since what is done each minute would open it again. */
const IDLE_CONNECTION_MS = 90_000;

const nothing = (): void => undefined;
/** TypeORM prints a failed migration even with logging off; whoever gives up writes the one line. */
const SILENT: Logger = {
  log: nothing,
  logMigration: nothing,
  logQuery: nothing,
  logQueryError: nothing,
  logQuerySlow: nothing,
  logSchemaBuild: nothing,
};

const ROLE_NAME = /^[a-z_][a-z0-9_]{0,62}$/;

/** `options` of the address would replace ours, so both are joined. */
function withRole(url: string, role: string | undefined): { url: string; extra: { options?: string } } {
  if (role === undefined) return { url, extra: {} };
  if (!ROLE_NAME.test(role)) throw new Error(`"${role}" is no name of a database role.`);
  const parsed = new URL(url);
  const own = parsed.searchParams.get('options') ?? '';
  parsed.searchParams.delete('options');
  return { url: parsed.href, extra: { options: `${own} -c role=${role}`.trim() } };
}

export function connectionOptions(options: DatabaseOptions): DataSourceOptions {
  const statementTimeoutMs = options.statementTimeoutMs ?? STATEMENT_TIMEOUT_MS;
  const { url, extra } = withRole(options.url, options.role);
  return {
    type: 'postgres',
    url,
    applicationName: options.applicationName,
    poolSize: options.poolSize ?? DEFAULT_POOL_SIZE,
    connectTimeoutMS: options.connectTimeoutMs ?? CONNECT_TIMEOUT_MS,
    synchronize: false,
    logging: false,
    logger: SILENT,
    installExtensions: false,
    migrations: [...(options.migrations ?? [])],
    entities: [...(options.entities ?? [])],
    // An idle connection that breaks leaves the pool by itself; the next statement tells whether the server is away.
    poolErrorHandler: () => undefined,
    extra: {
      Client: SteadyClient,
      statement_timeout: statementTimeoutMs,
      lock_timeout: options.lockTimeoutMs ?? LOCK_TIMEOUT_MS,
      idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_TIMEOUT_MS,
      query_timeout: statementTimeoutMs + SILENT_SERVER_EXTRA_MS,
      idleTimeoutMillis: IDLE_CONNECTION_MS,
      keepAlive: true,
      ...extra,
    },
  };
}
