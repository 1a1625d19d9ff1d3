import { type Database } from '@app/database';
import { type Case } from './audited-case';

const IMPORT_ID = '00000000-0000-4000-8000-000000000a1d';

/** A plan without items: what items become has cases of its own. */
async function plannedImport(db: Database): Promise<void> {
  await db.execute(
    `INSERT INTO import_plan (id, workspace_id, created_by, format, items)
     VALUES ($1, '00000000-0000-4000-8000-000000000001', 'key:bootstrap', 'image', '[]')`,
    [IMPORT_ID],
  );
}

export const IMPORT_CASES: readonly Case[] = [
  {
    operation: 'commitImport',
    prepare: plannedImport,
    path: () => `/api/v1/imports/${IMPORT_ID}/commit`,
    body: () => ({}),
    action: 'mcp.import.committed',
  },
  { operation: 'undoImport', path: () => `/api/v1/imports/${IMPORT_ID}`, action: 'mcp.import.undone' },
];
