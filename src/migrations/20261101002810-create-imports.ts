import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** What somebody is about to import, and what came of it: so that it can be taken back exactly. */
export class CreateImports20261101002810 implements MigrationInterface {
  readonly name = 'CreateImports20261101002810';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE import_plan (
        id uuid PRIMARY KEY,
        workspace_id uuid NOT NULL REFERENCES workspace (id) ON DELETE CASCADE,
        created_by text NOT NULL,
        format text NOT NULL,
        status text NOT NULL DEFAULT 'planned' CHECK (status IN ('planned', 'committed', 'undoing', 'undone')),
        items jsonb NOT NULL,
        -- Values of secrets until the commit has stored them; never in clear.
        sealed text,
        made jsonb NOT NULL DEFAULT '[]',
        results jsonb NOT NULL DEFAULT '[]',
        created_at timestamptz NOT NULL DEFAULT now(),
        -- Of a plan that nobody commits.
        expires_at timestamptz
      );
      CREATE INDEX import_plan_owner ON import_plan (workspace_id, created_by, created_at DESC);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE import_plan;`);
  }
}
