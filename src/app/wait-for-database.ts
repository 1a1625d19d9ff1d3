import { setTimeout as delay } from 'node:timers/promises';
import { DatabaseUnavailableError, missingMigrations, SchemaTooOldError } from '@app/database';
import { type Logger } from '@app/telemetry';
import { MIGRATIONS } from '../migrations';

/** A database that is still starting is waited for this long; a start that needs longer is restarted by whoever started it. */
const DATABASE_WAIT_MS = 60_000;
const DATABASE_RETRY_MS = 500;
const SCHEMA_RETRY_MS = 1_000;

export async function waitForDatabase<T>(open: () => Promise<T>): Promise<T> {
  const deadline = performance.now() + DATABASE_WAIT_MS;
  for (;;) {
    try {
      return await open();
    } catch (error) {
      if (!(error instanceof DatabaseUnavailableError) || performance.now() > deadline) throw error;
      await delay(DATABASE_RETRY_MS);
    }
  }
}

/** Where nothing starts processes in an order, a role may come before the step that migrates. */
export async function waitForSchema(
  url: string,
  logger: Logger,
  { migrations = MIGRATIONS, waitMs = DATABASE_WAIT_MS } = {},
): Promise<void> {
  const deadline = performance.now() + waitMs;
  for (;;) {
    const missing = await waitForDatabase(() => missingMigrations({ url, migrations }));
    if (missing.length === 0) return;
    if (performance.now() > deadline) throw new SchemaTooOldError(missing, waitMs / 1000);
    logger.info({ missing: missing.length }, 'waits for the migration step of this version');
    await delay(SCHEMA_RETRY_MS);
  }
}
