import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Runs of all pipelines of a workspace are listed, the newest first. */
export class ListRunsOfWorkspaces20261101002840 implements MigrationInterface {
  readonly name = 'ListRunsOfWorkspaces20261101002840';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `CREATE INDEX pipeline_run_by_workspace ON pipeline_run (workspace_id, created_at DESC, id DESC)`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP INDEX pipeline_run_by_workspace`);
  }
}
