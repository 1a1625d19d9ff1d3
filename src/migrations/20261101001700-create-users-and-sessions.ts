import { type MigrationInterface, type QueryRunner } from 'typeorm';

const USERS = `
  CREATE TABLE user_account (
    id uuid PRIMARY KEY,
    username text NOT NULL UNIQUE CHECK (username ~ '^[a-z0-9][a-z0-9._@+-]{0,62}$'),
    display_name text NOT NULL DEFAULT '',
    email text,
    -- argon2id; absent for people who sign in at another issuer only.
    password_hash text,
    disabled_at timestamptz,
    row_version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
  );
  CREATE TABLE user_membership (
    user_id uuid NOT NULL REFERENCES user_account (id) ON DELETE CASCADE,
    workspace_id uuid NOT NULL REFERENCES workspace (id) ON DELETE CASCADE,
    role text NOT NULL CHECK (role IN ('admin', 'operator', 'developer', 'viewer', 'agent')),
    PRIMARY KEY (user_id, workspace_id)
  );
  CREATE INDEX user_membership_by_workspace ON user_membership (workspace_id, role);
  -- Who an issuer's subject is here: names change and are given away, subjects are not.
  CREATE TABLE user_external_identity (
    issuer text NOT NULL,
    subject text NOT NULL,
    user_id uuid NOT NULL REFERENCES user_account (id) ON DELETE CASCADE,
    PRIMARY KEY (issuer, subject)
  );
  CREATE INDEX user_external_identity_by_user ON user_external_identity (user_id);`;

const SESSIONS = `
  CREATE TABLE user_session (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES user_account (id) ON DELETE CASCADE,
    workspace_id uuid NOT NULL REFERENCES workspace (id) ON DELETE CASCADE,
    kind text NOT NULL CHECK (kind IN ('console', 'token')),
    -- HMAC of the cookie's secret; sessions of tokens have none.
    digest bytea,
    issuer text,
    address text,
    created_at timestamptz NOT NULL DEFAULT now(),
    last_seen_at timestamptz NOT NULL DEFAULT now(),
    idle_expires_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    ended_at timestamptz,
    end_reason text
  );
  CREATE INDEX user_session_by_user ON user_session (user_id) WHERE ended_at IS NULL;
  CREATE INDEX user_session_by_end ON user_session (expires_at);
  -- One row per token of a family; a used one stays, so that its re-use is noticed.
  CREATE TABLE refresh_token (
    digest bytea PRIMARY KEY,
    session_id uuid NOT NULL REFERENCES user_session (id) ON DELETE CASCADE,
    issued_at timestamptz NOT NULL DEFAULT now(),
    used_at timestamptz,
    used_from text
  );
  CREATE INDEX refresh_token_by_session ON refresh_token (session_id);`;

const KEYS = `
  -- No foreign key: the key of a user who is gone must stay dead, not become nobody's.
  ALTER TABLE api_key ADD COLUMN user_id uuid;
  ALTER TABLE api_key ADD COLUMN agent_id text;
  ALTER TABLE api_key ADD COLUMN limited_to jsonb;
  ALTER TABLE api_key ADD COLUMN created_by text NOT NULL DEFAULT 'system:migration';
  ALTER TABLE api_key ADD COLUMN row_version integer NOT NULL DEFAULT 1;
  CREATE INDEX api_key_by_user ON api_key (user_id) WHERE user_id IS NOT NULL;
  CREATE INDEX api_key_by_age ON api_key (workspace_id, created_at DESC, id DESC);`;

const ONCE = `
  -- Links and tickets that work once; the digest stands for what was handed out.
  CREATE TABLE one_time_token (
    digest bytea PRIMARY KEY,
    purpose text NOT NULL CHECK (purpose IN ('first-admin', 'admin', 'ws')),
    bound_to jsonb NOT NULL DEFAULT '{}',
    expires_at timestamptz NOT NULL,
    used_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now()
  );
  CREATE INDEX one_time_token_by_expiry ON one_time_token (expires_at);`;

/** People, what they signed in with, keys that belong to them, and tokens that work once. */
export class CreateUsersAndSessions20261101001700 implements MigrationInterface {
  readonly name = 'CreateUsersAndSessions20261101001700';

  async up(runner: QueryRunner): Promise<void> {
    for (const part of [USERS, SESSIONS, KEYS, ONCE]) await runner.query(part);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE one_time_token;
      DROP INDEX api_key_by_age;
      ALTER TABLE api_key DROP COLUMN user_id, DROP COLUMN agent_id, DROP COLUMN limited_to,
        DROP COLUMN created_by, DROP COLUMN row_version;
      DROP TABLE refresh_token; DROP TABLE user_session;
      DROP TABLE user_external_identity; DROP TABLE user_membership; DROP TABLE user_account;
    `);
  }
}
