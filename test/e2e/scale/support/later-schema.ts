import { type Database } from '@app/database';

const LATER = { timestamp: 20991231000000, name: 'AsAVersionToCome20991231000000' };

/**
 * What a version to come may do to the database while this one still runs: more tables, and one more column in each that
 * there is, at its end as PostgreSQL has it. What is taken away or renamed waits until nobody uses it any more.
 */
export async function growSchema(db: Database): Promise<void> {
  const tables = await db.query<{ name: string }>(
    `SELECT c.relname AS name FROM pg_class c
      WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
        AND c.relname NOT IN ('migrations', 'typeorm_metadata')`,
  );
  expect(tables.length).toBeGreaterThan(40);
  for (const { name } of tables)
    await db.execute(
      `ALTER TABLE "${name}" ADD COLUMN of_a_version_to_come text, ADD COLUMN counted_by_it int NOT NULL DEFAULT 7`,
    );
  await db.execute(`CREATE TABLE of_a_version_to_come (id uuid PRIMARY KEY)`);
  await db.execute(`INSERT INTO migrations (timestamp, name) VALUES ($1, $2)`, [LATER.timestamp, LATER.name]);
}
