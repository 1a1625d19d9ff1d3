import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** What of a server's tools somebody approved, bound to what they said then and not to their names. */
export class PinTools20261101002880 implements MigrationInterface {
  readonly name = 'PinTools20261101002880';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- A row: the tools of the instance are pinned.
      CREATE TABLE tool_pinning (
        instance_id uuid PRIMARY KEY REFERENCES instances (id) ON DELETE CASCADE,
        since timestamptz NOT NULL DEFAULT now()
      );
      CREATE TABLE tool_pin (
        instance_id uuid NOT NULL REFERENCES tool_pinning (instance_id) ON DELETE CASCADE,
        tool text NOT NULL,
        -- Of the definition as RFC 8785 writes it.
        sha256 text NOT NULL,
        definition jsonb NOT NULL,
        approved_at timestamptz NOT NULL DEFAULT now(),
        approved_by text NOT NULL,
        -- What the server says instead: the tool is in quarantine.
        changed_sha256 text,
        changed_definition jsonb,
        changed_at timestamptz,
        PRIMARY KEY (instance_id, tool),
        CHECK ((changed_sha256 IS NULL) = (changed_at IS NULL))
      );
      CREATE INDEX tool_pin_changed ON tool_pin (instance_id) WHERE changed_sha256 IS NOT NULL;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE tool_pin; DROP TABLE tool_pinning;`);
  }
}
