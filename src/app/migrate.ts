import { loadEnv } from '@app/config';
import { runMigrations } from '@app/database';
import { migrateQueueSchema } from '@app/queues';
import { createLogger } from '@app/telemetry';
import { MIGRATIONS } from '../migrations';
import { Settings } from './settings';
import { explainAndExit } from './start-failure';

/** The product's tables and BullMQ's, under one advisory lock. Answers what was applied. */
export async function migrateStores(databaseUrl: string): Promise<readonly string[]> {
  const { applied } = await runMigrations({
    url: databaseUrl,
    migrations: MIGRATIONS,
    afterwards: () => migrateQueueSchema(databaseUrl),
  });
  return applied;
}

/** The migration step of a deployment, then the end. */
export async function runMigrationsOnly(): Promise<void> {
  const logger = createLogger({ level: 'info', role: 'migrate' });
  try {
    const { DATABASE_URL } = loadEnv(Settings, process.env);
    const applied = await migrateStores(DATABASE_URL);
    logger.info(
      { applied },
      applied.length === 0 ? 'the database is up to date' : 'the database was brought up to date',
    );
  } catch (error) {
    explainAndExit(error, logger);
  }
}
