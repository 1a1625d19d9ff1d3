import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Leases with fencing. */
export class CreateLeases20261101000200 implements MigrationInterface {
  readonly name = 'CreateLeases20261101000200';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE lease (
        name text PRIMARY KEY,
        holder text NOT NULL,
        -- Grows at each take-over: what a former holder writes carries an old epoch and changes nothing.
        epoch bigint NOT NULL,
        until timestamptz NOT NULL
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE lease;`);
  }
}
