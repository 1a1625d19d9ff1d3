import { type MigrationInterface, type QueryRunner } from 'typeorm';

/**
 * The newest heartbeats of each agent, as one row that turns: apart from its presence, which is written with every task.
 * Unlogged as that is; a crash of the database costs a picture and nothing that anybody goes by.
 */
export class KeepHeartbeats20261101002830 implements MigrationInterface {
  readonly name = 'KeepHeartbeats20261101002830';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE UNLOGGED TABLE agent_heartbeats (
        agent_id uuid PRIMARY KEY,
        -- When something came, or was found not to have come.
        times timestamptz[] NOT NULL,
        -- The load that was said, in its place; empty: the heartbeat did not come.
        loads real[] NOT NULL,
        CHECK (cardinality(times) = cardinality(loads) AND cardinality(times) <= 90)
      ) WITH (fillfactor = 50);`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE agent_heartbeats;`);
  }
}
