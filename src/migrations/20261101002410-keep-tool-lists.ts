import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** What the tools of servers take, as a gateway saw it last: pipelines are checked in processes that reach no server. */
export class KeepToolLists20261101002410 implements MigrationInterface {
  readonly name = 'KeepToolLists20261101002410';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE tool_list (
        instance_id uuid PRIMARY KEY REFERENCES instances (id) ON DELETE CASCADE,
        -- [{name, inputSchema}]; null: never seen.
        tools jsonb,
        tools_at timestamptz,
        -- Why the last look saw nothing.
        failure text,
        looked_at timestamptz NOT NULL
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE tool_list;`);
  }
}
