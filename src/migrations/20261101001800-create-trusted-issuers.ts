import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Whose tokens are believed, and what was used up on the way of a sign-in elsewhere. */
export class CreateTrustedIssuers20261101001800 implements MigrationInterface {
  readonly name = 'CreateTrustedIssuers20261101001800';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE trusted_issuer (
        id uuid PRIMARY KEY,
        name text NOT NULL UNIQUE CHECK (name ~ '^[a-z0-9](-?[a-z0-9]){0,62}$'),
        issuer text NOT NULL,
        audiences text[] NOT NULL DEFAULT '{}',
        algorithms text[] NOT NULL CHECK (cardinality(algorithms) > 0 AND NOT 'none' = ANY (algorithms)),
        jwks_url text,
        role_claims text[] NOT NULL,
        role_map jsonb NOT NULL DEFAULT '{}',
        default_role text CHECK (default_role IN ('admin', 'operator', 'developer', 'viewer', 'agent')),
        workspace_claim text,
        workspace_map jsonb NOT NULL DEFAULT '{}',
        workspace_id uuid REFERENCES workspace (id) ON DELETE SET NULL,
        accepts_missing_issuer boolean NOT NULL DEFAULT false,
        accepts_missing_audience boolean NOT NULL DEFAULT false,
        serves_mcp boolean NOT NULL DEFAULT false,
        client_id text,
        sign_in_scopes text[] NOT NULL DEFAULT '{}',
        row_version integer NOT NULL DEFAULT 1,
        created_at timestamptz NOT NULL DEFAULT now(),
        updated_at timestamptz NOT NULL DEFAULT now()
      );
      CREATE TABLE trusted_issuer_secret (
        issuer_id uuid NOT NULL REFERENCES trusted_issuer (id) ON DELETE CASCADE,
        kind text NOT NULL CHECK (kind IN ('shared', 'client')),
        -- An envelope under the master key named kid, like every stored secret.
        kid text NOT NULL,
        wrapped_key bytea NOT NULL,
        ciphertext bytea NOT NULL,
        PRIMARY KEY (issuer_id, kind)
      );
      CREATE INDEX trusted_issuer_secret_by_kid ON trusted_issuer_secret (kid);
      CREATE TABLE used_sign_in_state (
        digest bytea PRIMARY KEY,
        expires_at timestamptz NOT NULL
      );
      CREATE INDEX used_sign_in_state_by_expiry ON used_sign_in_state (expires_at);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      `DROP TABLE used_sign_in_state; DROP TABLE trusted_issuer_secret; DROP TABLE trusted_issuer;`,
    );
  }
}
