import { runMigrations } from '@app/database';
import { migrateQueueSchema } from '@app/queues';
import { MIGRATIONS } from '../migrations';

/** The product's tables and BullMQ's, under one advisory lock. Answers what was applied. */
export async function migrateStores(databaseUrl: string): Promise<readonly string[]> {
  const { applied } = await runMigrations({
    url: databaseUrl,
    migrations: MIGRATIONS,
    afterwards: () => migrateQueueSchema(databaseUrl),
  });
  return applied;
}
