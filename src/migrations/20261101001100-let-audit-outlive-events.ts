import { type MigrationInterface, type QueryRunner } from 'typeorm';

/**
 * Old events go after a time, audit rows stay: the number of the event remains as a plain mark. Without the constraint
 * a deletion of events does not search the whole trail for each of them either.
 */
export class LetAuditOutliveEvents20261101001100 implements MigrationInterface {
  readonly name = 'LetAuditOutliveEvents20261101001100';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE audit DROP CONSTRAINT audit_event_id_fkey;`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      UPDATE audit SET event_id = NULL WHERE event_id NOT IN (SELECT id FROM domain_event);
      ALTER TABLE audit ADD CONSTRAINT audit_event_id_fkey FOREIGN KEY (event_id) REFERENCES domain_event (id);
    `);
  }
}
