import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** What the rotation of the master key needs: a root key that outlives every master key, and a memory of how far it is. */
export class KeepKeyring20261101002000 implements MigrationInterface {
  readonly name = 'KeepKeyring20261101002000';

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
      -- How far an operation of the kind rotate_key is; whoever goes on with it starts from here.
      CREATE TABLE key_rotation (
        operation_id uuid PRIMARY KEY REFERENCES operation (id) ON DELETE CASCADE,
        kid text NOT NULL,
        rewrapped integer NOT NULL DEFAULT 0,
        failed integer NOT NULL DEFAULT 0,
        started_at timestamptz NOT NULL DEFAULT now()
      );
      CREATE INDEX key_rotation_by_age ON key_rotation (started_at DESC);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE key_rotation; DROP TABLE installation_root;`);
  }
}
