import { type MigrationInterface, type QueryRunner } from 'typeorm';

const TABLES = `
  -- Which of our instances and endpoints everybody may see while the registry is public.
  CREATE TABLE registry_publication (
    workspace_id uuid NOT NULL REFERENCES workspace (id) ON DELETE CASCADE,
    instance_id uuid UNIQUE REFERENCES instances (id) ON DELETE CASCADE,
    endpoint text,
    published_by text NOT NULL,
    published_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (workspace_id, endpoint),
    FOREIGN KEY (workspace_id, endpoint) REFERENCES virtual_endpoint (workspace_id, name) ON DELETE CASCADE ON UPDATE CASCADE,
    CHECK (num_nonnulls(instance_id, endpoint) = 1)
  );

  -- Another registry as it was seen last: catalogue pages read from here, also while it is away.
  CREATE TABLE registry_entry (
    name text COLLATE "C" PRIMARY KEY,
    title text NOT NULL,
    description text NOT NULL,
    version text NOT NULL,
    status text NOT NULL,
    kinds text[] NOT NULL,
    document jsonb NOT NULL,
    updated_at timestamptz,
    -- The look in which it was seen last: what a whole look did not see is gone.
    seen_in bigint NOT NULL
  );
  CREATE TABLE registry_mirror (
    only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one),
    url text NOT NULL DEFAULT '',
    status text NOT NULL DEFAULT 'idle' CHECK (status IN ('idle', 'running', 'succeeded', 'failed')),
    look bigint NOT NULL DEFAULT 0,
    started_at timestamptz,
    finished_at timestamptz,
    -- The start of the last look that came to its end, and of the last one that looked at everything.
    synced_at timestamptz,
    whole_at timestamptz,
    detail text NOT NULL DEFAULT ''
  );`;

/** The MCP registry: what of ours is published in it, and what another one offers. */
export class CreateRegistry20261101002960 implements MigrationInterface {
  readonly name = 'CreateRegistry20261101002960';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(TABLES);
    // The server.json that a definition was imported from: what our own words for it leave out is not lost.
    await runner.query(`ALTER TABLE server_definition ADD COLUMN origin jsonb;`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE server_definition DROP COLUMN origin;
      DROP TABLE registry_mirror; DROP TABLE registry_entry; DROP TABLE registry_publication;`);
  }
}
