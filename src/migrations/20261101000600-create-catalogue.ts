import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Server definitions: what can be run. */
export class CreateCatalogue20261101000600 implements MigrationInterface {
  readonly name = 'CreateCatalogue20261101000600';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE server_definition (
        id uuid PRIMARY KEY,
        name text NOT NULL UNIQUE CHECK (name ~ '^(?=.{1,63}$)[a-z0-9](_?[a-z0-9-])*$'),
        description text NOT NULL DEFAULT '',
        docker_image_url text NOT NULL DEFAULT '',
        version text NOT NULL DEFAULT '',
        tags text[] NOT NULL DEFAULT '{}',
        status text NOT NULL CHECK (status IN ('draft', 'published', 'archived')),
        is_public boolean NOT NULL DEFAULT false,
        env_schema jsonb NOT NULL DEFAULT '[]',
        -- What an instance takes over where its own json_spec says nothing: an InstanceSpec, image and environment apart.
        defaults jsonb NOT NULL DEFAULT '{}',
        built_in boolean NOT NULL DEFAULT false,
        row_version integer NOT NULL DEFAULT 1,
        created_at timestamptz NOT NULL DEFAULT now(),
        updated_at timestamptz NOT NULL DEFAULT now()
      );
      CREATE INDEX server_definition_by_age ON server_definition (created_at DESC, id DESC);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE server_definition;`);
  }
}
