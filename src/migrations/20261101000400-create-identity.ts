import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Keys of callers, and stored settings. */
export class CreateIdentity20261101000400 implements MigrationInterface {
  readonly name = 'CreateIdentity20261101000400';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE api_key (
        id text PRIMARY KEY CHECK (id ~ '^[a-z0-9_-]{1,64}$'),
        name text NOT NULL,
        -- HMAC-SHA-256 under a pepper derived from the master key; the key itself is nowhere.
        digest bytea NOT NULL,
        role text NOT NULL CHECK (role IN ('admin', 'operator', 'developer', 'viewer', 'agent')),
        scopes text[] NOT NULL DEFAULT '{}',
        expires_at timestamptz,
        last_used_at timestamptz,
        revoked_at timestamptz,
        created_at timestamptz NOT NULL DEFAULT now()
      );
      CREATE TABLE setting (
        name text PRIMARY KEY,
        value jsonb NOT NULL,
        updated_at timestamptz NOT NULL DEFAULT now()
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE setting; DROP TABLE api_key;`);
  }
}
