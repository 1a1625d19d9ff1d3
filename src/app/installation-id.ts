import { randomUUID } from 'node:crypto';
import { Database } from '@app/database';

/** What its keys and channels begin with where several installations have one Redis. */
export const spaceOf = (installationId: string): string => `quayside-${installationId}`;

/** The installation's own name, made by whichever role comes first: labels and queues carry it. */
export async function ensureInstallationId(databaseUrl: string): Promise<string> {
  const database = await Database.open({ url: databaseUrl, applicationName: 'quayside-start', poolSize: 1 });
  try {
    await database.execute(
      `INSERT INTO setting (name, value) VALUES ('installation_id', to_jsonb($1::text)) ON CONFLICT (name) DO NOTHING`,
      [randomUUID()],
    );
    const [row] = await database.query<{ id: string }>(
      `SELECT value #>> '{}' AS id FROM setting WHERE name = 'installation_id'`,
    );
    if (row === undefined)
      throw new Error('The installation has no id: the table "setting" could not be written.');
    return row.id;
  } finally {
    await database.close();
  }
}
