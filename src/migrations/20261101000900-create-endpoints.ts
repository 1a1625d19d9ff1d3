import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Virtual endpoints: chosen tools of chosen instances under one name. */
export class CreateEndpoints20261101000900 implements MigrationInterface {
  readonly name = 'CreateEndpoints20261101000900';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE virtual_endpoint (
        name text PRIMARY KEY CHECK (name ~ '^(?=.{1,63}$)[a-z0-9](_?[a-z0-9-])*$'),
        description text NOT NULL DEFAULT '',
        instances text[] NOT NULL,
        tools jsonb NOT NULL DEFAULT '{}',
        prefix text NOT NULL CHECK (prefix IN ('auto', 'always', 'none')),
        row_version integer NOT NULL DEFAULT 1,
        created_at timestamptz NOT NULL DEFAULT now(),
        updated_at timestamptz NOT NULL DEFAULT now()
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE virtual_endpoint;`);
  }
}
