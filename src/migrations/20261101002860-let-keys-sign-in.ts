import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** A session of a browser may be one of a key. It has no foreign key: the key of the installation has no row. */
export class LetKeysSignIn20261101002860 implements MigrationInterface {
  readonly name = 'LetKeysSignIn20261101002860';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE user_session ALTER COLUMN user_id DROP NOT NULL, ADD COLUMN key_id text;
      ALTER TABLE user_session ADD CONSTRAINT user_session_has_one_owner
        CHECK (num_nonnulls(user_id, key_id) = 1 AND (key_id IS NULL OR kind = 'console'));
      CREATE INDEX user_session_by_key ON user_session (key_id) WHERE key_id IS NOT NULL AND ended_at IS NULL;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DELETE FROM user_session WHERE user_id IS NULL;
      DROP INDEX user_session_by_key;
      ALTER TABLE user_session DROP CONSTRAINT user_session_has_one_owner;
      ALTER TABLE user_session DROP COLUMN key_id, ALTER COLUMN user_id SET NOT NULL;
    `);
  }
}
