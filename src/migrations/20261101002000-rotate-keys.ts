import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** What the rotation of the master key needs: a root key that outlives every master key, and a way to find rotations. */
export class RotateKeys20261101002000 implements MigrationInterface {
  readonly name = 'RotateKeys20261101002000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- One random key for what is stored for long (digests of API keys), sealed like a secret and re-wrapped like one.
      CREATE TABLE installation_root (
        one boolean PRIMARY KEY DEFAULT true CHECK (one),
        ciphertext bytea NOT NULL,
        wrapped_key bytea NOT NULL,
        kid text NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now()
      );
      CREATE INDEX operation_of_keyring ON operation (created_at) WHERE resource_type = 'keyring';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP INDEX operation_of_keyring; DROP TABLE installation_root;`);
  }
}
