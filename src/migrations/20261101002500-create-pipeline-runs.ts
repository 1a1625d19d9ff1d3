import { type MigrationInterface, type QueryRunner } from 'typeorm';

const RUNS = `
  CREATE TABLE pipeline_run (
    id uuid PRIMARY KEY,
    workspace_id uuid NOT NULL REFERENCES workspace (id) ON DELETE CASCADE,
    -- Not a reference: what was executed is told after its pipeline is gone.
    pipeline_id uuid NOT NULL,
    pipeline_name text NOT NULL,
    version integer NOT NULL,
    status text NOT NULL DEFAULT 'pending'
      CHECK (status IN ('pending', 'running', 'waiting_approval', 'completed', 'failed', 'cancelled')),
    cause text NOT NULL CHECK (cause IN ('api', 'schedule', 'rerun', 'stage')),
    -- Two starts with the same key are one.
    run_key text,
    input jsonb NOT NULL,
    parameters jsonb NOT NULL,
    notification jsonb,
    -- Counts instead of looks at every stage: an event costs what it touches, not what the run has.
    total integer NOT NULL CHECK (total BETWEEN 1 AND 1000),
    ended integer NOT NULL DEFAULT 0,
    active integer NOT NULL DEFAULT 0,
    waiting integer NOT NULL DEFAULT 0,
    completed_stages integer[] NOT NULL DEFAULT '{}',
    current_stage integer,
    -- What it will be when nothing of it is under way any more.
    ending text CHECK (ending IN ('failed', 'cancelled')),
    compensation text CHECK (compensation IN ('wanted', 'running')),
    error jsonb,
    parent_run_id uuid REFERENCES pipeline_run (id) ON DELETE CASCADE,
    parent_stage_run_id uuid,
    depth integer NOT NULL DEFAULT 1 CHECK (depth BETWEEN 1 AND 8),
    rerun_of uuid,
    rerun_from integer,
    -- Whose rights its tool calls have: looked up again at each call.
    started_by text NOT NULL,
    user_id text,
    key_id text,
    agent_id text,
    correlation_id text NOT NULL,
    traceparent text,
    row_version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    started_at timestamptz,
    updated_at timestamptz NOT NULL DEFAULT now(),
    finished_at timestamptz
  ) WITH (fillfactor = 70);
  CREATE UNIQUE INDEX pipeline_run_key ON pipeline_run (workspace_id, run_key) WHERE run_key IS NOT NULL;
  CREATE INDEX pipeline_run_by_pipeline ON pipeline_run (pipeline_id, created_at DESC, id DESC);
  CREATE INDEX pipeline_run_live ON pipeline_run (updated_at) WHERE finished_at IS NULL;
  CREATE INDEX pipeline_run_by_parent ON pipeline_run (parent_run_id) WHERE parent_run_id IS NOT NULL;
  CREATE INDEX pipeline_run_by_end ON pipeline_run (finished_at) WHERE finished_at IS NOT NULL;`;

const STAGES = `
  CREATE TABLE stage_run (
    id uuid PRIMARY KEY,
    run_id uuid NOT NULL REFERENCES pipeline_run (id) ON DELETE CASCADE,
    -- Index in the definition, which never changes; compensations come after its last one.
    position integer NOT NULL,
    name text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('task', 'tool', 'approval', 'pipeline')),
    remaining_deps integer NOT NULL CHECK (remaining_deps >= 0),
    -- The position that it undoes.
    compensates integer,
    status text NOT NULL DEFAULT 'pending' CHECK (status IN
      ('pending', 'running', 'retrying', 'waiting_approval', 'completed', 'failed', 'skipped', 'cancelled')),
    attempt integer NOT NULL DEFAULT 0,
    input jsonb,
    output jsonb,
    error jsonb,
    reason text,
    -- Of the attempt under way.
    task_id uuid,
    child_run_id uuid,
    -- The moment at which it has to be looked at: a retry, or the end of patience.
    due_at timestamptz,
    -- Where its output comes from, when an earlier run's is used again.
    reused_from uuid,
    version integer NOT NULL DEFAULT 1,
    started_at timestamptz,
    finished_at timestamptz,
    UNIQUE (run_id, position)
  ) WITH (fillfactor = 70);
  CREATE INDEX stage_run_by_name ON stage_run (run_id, name);
  CREATE INDEX stage_run_active ON stage_run (run_id) WHERE status IN ('running', 'retrying', 'waiting_approval');
  CREATE INDEX stage_run_ready ON stage_run (run_id, position) WHERE status = 'pending' AND remaining_deps = 0;
  CREATE INDEX stage_run_due ON stage_run (due_at) WHERE due_at IS NOT NULL;

  CREATE TABLE stage_attempt (
    stage_run_id uuid NOT NULL REFERENCES stage_run (id) ON DELETE CASCADE,
    attempt integer NOT NULL,
    task_id uuid,
    child_run_id uuid,
    -- A tool call left, and what became of it is not known yet.
    call_begun_at timestamptz,
    started_at timestamptz NOT NULL DEFAULT now(),
    ended_at timestamptz,
    outcome text CHECK (outcome IN ('completed', 'failed', 'cancelled')),
    error jsonb,
    PRIMARY KEY (stage_run_id, attempt)
  );

  CREATE TABLE stage_approval (
    stage_run_id uuid PRIMARY KEY REFERENCES stage_run (id) ON DELETE CASCADE,
    decision text NOT NULL CHECK (decision IN ('approved', 'rejected')),
    comment text NOT NULL DEFAULT '',
    decided_by text NOT NULL,
    decided_by_name text NOT NULL,
    decided_at timestamptz NOT NULL DEFAULT now()
  );`;

/** Executions of pipelines: what is to be done next is written here, never in a queue. */
export class CreatePipelineRuns20261101002500 implements MigrationInterface {
  readonly name = 'CreatePipelineRuns20261101002500';

  async up(runner: QueryRunner): Promise<void> {
    for (const part of [RUNS, STAGES]) await runner.query(part);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      `DROP TABLE stage_approval; DROP TABLE stage_attempt; DROP TABLE stage_run; DROP TABLE pipeline_run;`,
    );
  }
}
