import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Long-running work as a resource, and the memory behind Idempotency-Key. */
export class CreateOperations20261101000800 implements MigrationInterface {
  readonly name = 'CreateOperations20261101000800';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE operation (
        id uuid PRIMARY KEY,
        kind text NOT NULL,
        resource_type text NOT NULL,
        resource_id uuid NOT NULL,
        resource_name text NOT NULL,
        -- The generation that must be reached for it to have succeeded.
        generation integer NOT NULL,
        status text NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'running', 'succeeded', 'failed', 'cancelled')),
        progress real NOT NULL DEFAULT 0,
        steps jsonb NOT NULL DEFAULT '[]',
        error jsonb,
        created_at timestamptz NOT NULL DEFAULT now(),
        finished_at timestamptz
      );
      CREATE INDEX operation_by_resource ON operation (resource_id, created_at DESC);
      CREATE INDEX operation_by_age ON operation (created_at);

      CREATE TABLE idempotency_key (
        principal text NOT NULL,
        route text NOT NULL,
        key text NOT NULL,
        body_digest bytea NOT NULL,
        -- The claimant's own name: after a lost answer it can find its claim again and give it back.
        claim_token uuid NOT NULL,
        claimed_until timestamptz NOT NULL,
        -- Sealed: an answer may hold a secret that is shown once.
        response bytea,
        created_at timestamptz NOT NULL DEFAULT now(),
        expires_at timestamptz NOT NULL,
        PRIMARY KEY (principal, route, key)
      );
      CREATE INDEX idempotency_key_by_expiry ON idempotency_key (expires_at);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE idempotency_key; DROP TABLE operation;`);
  }
}
