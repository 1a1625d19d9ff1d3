import { type MigrationInterface, type QueryRunner } from 'typeorm';

const DEFINITIONS = `
  CREATE TABLE pipeline (
    id uuid PRIMARY KEY,
    workspace_id uuid NOT NULL REFERENCES workspace (id) ON DELETE CASCADE,
    name text NOT NULL CHECK (name ~ '^(?=.{1,63}$)[a-z0-9](_?[a-z0-9-])*$'),
    -- The newest version; a run keeps the one it began with.
    version integer NOT NULL DEFAULT 1,
    row_version integer NOT NULL DEFAULT 1,
    created_by text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    -- Deleted, and kept for the runs that name it; its name is free again.
    archived_at timestamptz
  );
  CREATE UNIQUE INDEX pipeline_by_name ON pipeline (workspace_id, name) WHERE archived_at IS NULL;

  -- Never changed and never deleted alone: what ran stays readable.
  CREATE TABLE pipeline_version (
    pipeline_id uuid NOT NULL REFERENCES pipeline (id) ON DELETE CASCADE,
    version integer NOT NULL,
    -- As it was called then.
    name text NOT NULL,
    definition jsonb NOT NULL,
    -- The pipelines that are stages of it; asked for when one of them is deleted, and against recursion.
    uses uuid[] NOT NULL DEFAULT '{}',
    created_by text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (pipeline_id, version)
  );
  CREATE INDEX pipeline_version_by_use ON pipeline_version USING gin (uses);`;

const SCHEDULES = `
  CREATE TABLE pipeline_schedule (
    id uuid PRIMARY KEY,
    workspace_id uuid NOT NULL REFERENCES workspace (id) ON DELETE CASCADE,
    pipeline_id uuid NOT NULL REFERENCES pipeline (id) ON DELETE CASCADE,
    cron text NOT NULL,
    timezone text NOT NULL,
    overlap text NOT NULL CHECK (overlap IN ('skip', 'queue', 'cancel')),
    missed text NOT NULL CHECK (missed IN ('skip', 'once', 'all')),
    input jsonb NOT NULL,
    parameters jsonb NOT NULL DEFAULT '{}',
    notification jsonb,
    enabled boolean NOT NULL,
    -- The next slot; null: there is none, or it is not enabled.
    next_at timestamptz,
    -- For whom its runs run.
    owner jsonb NOT NULL,
    created_by text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
  );
  CREATE INDEX pipeline_schedule_due ON pipeline_schedule (next_at) WHERE next_at IS NOT NULL;
  CREATE INDEX pipeline_schedule_by_pipeline ON pipeline_schedule (pipeline_id, created_at, id);

  -- What became of each slot; one row each, whoever claims it.
  CREATE TABLE pipeline_slot (
    schedule_id uuid NOT NULL REFERENCES pipeline_schedule (id) ON DELETE CASCADE,
    slot timestamptz NOT NULL,
    outcome text NOT NULL CHECK (outcome IN ('started', 'queued', 'overlapped', 'missed', 'failed')),
    run_id uuid,
    -- Why it failed.
    error jsonb,
    decided_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (schedule_id, slot)
  );
  CREATE INDEX pipeline_slot_queued ON pipeline_slot (schedule_id, slot) WHERE outcome = 'queued';`;

/** What can run, in versions, and when it runs by itself. */
export class CreatePipelines20261101002400 implements MigrationInterface {
  readonly name = 'CreatePipelines20261101002400';

  async up(runner: QueryRunner): Promise<void> {
    for (const part of [DEFINITIONS, SCHEDULES]) await runner.query(part);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      `DROP TABLE pipeline_slot; DROP TABLE pipeline_schedule; DROP TABLE pipeline_version; DROP TABLE pipeline;`,
    );
  }
}
