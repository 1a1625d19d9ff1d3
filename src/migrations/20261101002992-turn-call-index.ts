import { type MigrationInterface, type QueryRunner } from 'typeorm';

/**
 * Calls come in the order of time. An index that is sorted the other way round gets each of them in front of the ones before,
 * into pages that are split again and again; read backwards, this one finds the newest first as well.
 */
export class TurnCallIndex20261101002992 implements MigrationInterface {
  readonly name = 'TurnCallIndex20261101002992';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP INDEX mcp_call_by_instance;
      CREATE INDEX mcp_call_by_instance ON mcp_call (instance_id, at)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP INDEX mcp_call_by_instance;
      CREATE INDEX mcp_call_by_instance ON mcp_call (instance_id, at DESC)`);
  }
}
