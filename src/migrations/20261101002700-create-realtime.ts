import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Processes that serve readers of events: what one of them counted is given back when it says nothing any more. */
export class CreateRealtime20261101002700 implements MigrationInterface {
  readonly name = 'CreateRealtime20261101002700';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE realtime_process (
        id uuid PRIMARY KEY,
        seen_at timestamptz NOT NULL DEFAULT now()
      ) WITH (fillfactor = 50);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE realtime_process;`);
  }
}
