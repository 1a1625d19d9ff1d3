import { type MigrationInterface, type QueryRunner } from 'typeorm';

/**
 * One ticket for each attempt to create an instance. Tickets are given outside of transactions, so that the difference
 * of two of them bounds how many instances can have been made in between: far from the quota nobody needs to count.
 */
export class CountInstanceTickets20261101001200 implements MigrationInterface {
  readonly name = 'CountInstanceTickets20261101001200';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE SEQUENCE instance_ticket;`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP SEQUENCE instance_ticket;`);
  }
}
