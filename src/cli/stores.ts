import { type EmbeddedPostgres, startEmbeddedPostgres } from '@app/database';

export interface Stores {
  readonly databaseUrl: string;
  /** For the mode table: `PostgreSQL 18.4 (embedded)` or the host that DATABASE_URL names. */
  readonly databaseMode: string;
  readonly queueMode: string;
  readonly embedded: EmbeddedPostgres | undefined;
}

const hostOf = (url: string): string => new URL(url).host;

/** The database that DATABASE_URL names, else one of our own inside the home. */
export async function openStores(
  env: NodeJS.ProcessEnv,
  dataDir: string,
  log: (line: string) => void,
): Promise<Stores> {
  const queueMode = env['REDIS_URL'] ? `Redis at ${hostOf(env['REDIS_URL'])}` : 'PostgreSQL';
  const given = env['DATABASE_URL'];
  if (given)
    return {
      databaseUrl: given,
      databaseMode: `PostgreSQL at ${hostOf(given)}`,
      queueMode,
      embedded: undefined,
    };
  const embedded = await startEmbeddedPostgres({ dataDir, log });
  return {
    databaseUrl: embedded.url,
    databaseMode: `PostgreSQL ${embedded.version} (embedded)`,
    queueMode: env['REDIS_URL'] ? queueMode : 'PostgreSQL (embedded)',
    embedded,
  };
}
