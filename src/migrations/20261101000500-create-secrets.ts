import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** The encrypted store of our own. */
export class CreateSecrets20261101000500 implements MigrationInterface {
  readonly name = 'CreateSecrets20261101000500';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE secret (
        id uuid PRIMARY KEY,
        scope text NOT NULL,
        name text NOT NULL,
        latest_version integer NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        updated_at timestamptz NOT NULL DEFAULT now(),
        UNIQUE (scope, name)
      );
      -- Immutable: a new value is a new version. Each has a data key of its own, wrapped by the master key named kid.
      CREATE TABLE secret_version (
        secret_id uuid NOT NULL REFERENCES secret (id) ON DELETE CASCADE,
        version integer NOT NULL CHECK (version > 0),
        ciphertext bytea NOT NULL,
        wrapped_key bytea NOT NULL,
        kid text NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (secret_id, version)
      );
      CREATE INDEX secret_version_by_kid ON secret_version (kid);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE secret_version; DROP TABLE secret;`);
  }
}
