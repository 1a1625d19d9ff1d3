import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Who did what: one row per change, written with it, and one per denial. */
export class CreateAudit20261101000300 implements MigrationInterface {
  readonly name = 'CreateAudit20261101000300';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE audit (
        id uuid PRIMARY KEY,
        at timestamptz NOT NULL DEFAULT now(),
        actor text NOT NULL,
        key_id text,
        address text,
        request_id text,
        action text NOT NULL,
        resource_type text NOT NULL,
        resource_id text NOT NULL,
        outcome text NOT NULL CHECK (outcome IN ('succeeded', 'denied', 'failed')),
        detail jsonb NOT NULL DEFAULT '{}',
        event_id uuid REFERENCES domain_event (id)
      );
      CREATE INDEX audit_by_time ON audit (at DESC, id DESC);
      CREATE INDEX audit_by_resource ON audit (resource_type, resource_id, at DESC);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE audit;`);
  }
}
