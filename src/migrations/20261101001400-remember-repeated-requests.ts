import { type MigrationInterface, type QueryRunner } from 'typeorm';

/**
 * One number per request and key, the same at every repetition: a command may have committed although its answer was lost,
 * and what it made is recognised by ids that come from this number.
 */
export class RememberRepeatedRequests20261101001400 implements MigrationInterface {
  readonly name = 'RememberRepeatedRequests20261101001400';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `ALTER TABLE idempotency_key ADD COLUMN seed uuid NOT NULL DEFAULT gen_random_uuid();`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE idempotency_key DROP COLUMN seed;`);
  }
}
