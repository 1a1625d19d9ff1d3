import { type MigrationInterface, type QueryRunner } from 'typeorm';

/**
 * What charts of the last week are drawn from: one row per workspace and minute, made once from the records of calls, because
 * a week of those may be a hundred million. And the views of lists that users saved.
 */
export class CreateOverview20261101002850 implements MigrationInterface {
  readonly name = 'CreateOverview20261101002850';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE overview_minute (
        workspace_id uuid NOT NULL REFERENCES workspace (id) ON DELETE CASCADE,
        minute timestamptz NOT NULL,
        calls integer NOT NULL DEFAULT 0,
        failed integer NOT NULL DEFAULT 0,
        -- How many calls took how long, by the bounds that the code knows: two minutes add up to one.
        durations integer[] NOT NULL DEFAULT '{}',
        -- The most tasks that waited when somebody looked.
        waiting_tasks integer NOT NULL DEFAULT 0,
        PRIMARY KEY (workspace_id, minute)
      );
      CREATE INDEX overview_minute_by_time ON overview_minute (minute);
      CREATE TABLE overview_mark (
        one boolean PRIMARY KEY DEFAULT true CHECK (one),
        -- Calls before it are in their minutes.
        counted_until timestamptz NOT NULL
      );
      CREATE TABLE saved_view (
        id uuid PRIMARY KEY,
        workspace_id uuid NOT NULL REFERENCES workspace (id) ON DELETE CASCADE,
        -- A user, or a key that stands for nobody: as an actor is written.
        owner text NOT NULL,
        name text NOT NULL,
        path text NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        UNIQUE (workspace_id, owner, name)
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE saved_view; DROP TABLE overview_mark; DROP TABLE overview_minute;`);
  }
}
