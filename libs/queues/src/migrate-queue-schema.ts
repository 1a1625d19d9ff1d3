import { runMigrations } from 'bullmq';
import { Client } from 'pg';

import { splitServerOptions } from './queue-backend';

const CONNECT_TIMEOUT_MS = 5_000;

/** Part of the migration step; workers only check. BullMQ takes an advisory lock of its own. */
export async function migrateQueueSchema(url: string): Promise<void> {
  const { connectionString, options } = splitServerOptions(url);
  const client = new Client({
    connectionString,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    ...(options === '' ? {} : { options }),
  });
  // Failures of the queries say the same; without a listener a lost connection would end the process.
  client.on('error', () => undefined);
  await client.connect();
  try {
    await runMigrations(client);
  } finally {
    await client.end();
  }
}
