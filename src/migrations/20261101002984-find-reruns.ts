import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Whether a run was started again is asked of each run that failed, whenever somebody looks at the overview. */
export class FindReruns20261101002984 implements MigrationInterface {
  readonly name = 'FindReruns20261101002984';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `CREATE INDEX pipeline_run_by_rerun ON pipeline_run (rerun_of) WHERE rerun_of IS NOT NULL`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP INDEX pipeline_run_by_rerun`);
  }
}
