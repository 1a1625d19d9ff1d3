import { type MigrationInterface, type QueryRunner } from 'typeorm';

const TASKS = `
  CREATE TABLE task (
    id uuid PRIMARY KEY,
    workspace_id uuid NOT NULL REFERENCES workspace (id) ON DELETE CASCADE,
    type text NOT NULL,
    payload jsonb NOT NULL,
    -- The submitter's own mark, kept as sent; it starts and advances nothing.
    pipeline_mark text,
    stage_mark jsonb,
    -- Set by the pipeline engine for the tasks of its stages.
    run_id uuid,
    stage_run_id uuid,
    -- agent: dispatched to an agent. gateway: a tool call, carried out by a gateway process.
    executor text NOT NULL DEFAULT 'agent' CHECK (executor IN ('agent', 'gateway')),
    capabilities text[] NOT NULL DEFAULT '{}',
    wanted_agent uuid,
    concurrency_key text,
    priority text NOT NULL CHECK (priority IN ('high', 'medium', 'low')),
    -- What makes two tasks the same to dispatch: workspace, submitter, executor, capabilities, agent, type, key and priority.
    lane text COLLATE "C" NOT NULL,
    -- Order inside a lane: when it is due plus the handicap of its priority, so that waiting is ageing.
    rank timestamptz NOT NULL,
    due_at timestamptz NOT NULL,
    retry_count integer NOT NULL,
    timeout_s integer NOT NULL,
    queue_timeout_s integer,
    total_timeout_s integer,
    status text NOT NULL DEFAULT 'pending'
      CHECK (status IN ('pending', 'running', 'completed', 'failed', 'retrying', 'cancelled')),
    -- Attempts begun that count against retry_count; a lease that was handed back unused does not.
    attempt integer NOT NULL DEFAULT 0,
    -- Every lease has a new one: what comes with an old one is refused.
    lease_gen integer NOT NULL DEFAULT 0,
    assigned_agent uuid,
    -- At least until then; an agent whose heartbeats arrive holds it longer, which the reaper writes here.
    lease_until timestamptz,
    run_deadline timestamptz,
    queue_deadline timestamptz,
    total_deadline timestamptz,
    cancel_requested_at timestamptz,
    -- Until then the agent may end it itself.
    cancel_deadline timestamptz,
    cancel_reason text,
    -- The first moment at which the reaper has to look at it. Computed: no writer can forget it.
    next_deadline timestamptz GENERATED ALWAYS AS (
      CASE WHEN status = 'running' THEN least(lease_until, run_deadline, total_deadline, cancel_deadline)
           WHEN status IN ('pending', 'retrying') THEN least(queue_deadline, total_deadline) END) STORED,
    progress real NOT NULL DEFAULT 0 CHECK (progress BETWEEN 0 AND 1),
    progress_message text,
    -- Lines of its log: there is a most.
    log_lines integer NOT NULL DEFAULT 0,
    result jsonb,
    error jsonb,
    -- Given up, not cancelled: it stands among the dead letters until it is tried again as a new task.
    dead_reason text,
    retry_of uuid,
    retried_as uuid,
    submitted_by text NOT NULL,
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
  CREATE INDEX task_queue ON task (lane, rank, id) WHERE status IN ('pending', 'retrying');
  CREATE INDEX task_running ON task (assigned_agent) WHERE status = 'running';
  CREATE INDEX task_cancelling ON task (cancel_requested_at) WHERE status = 'running' AND cancel_requested_at IS NOT NULL;
  CREATE INDEX task_by_deadline ON task (next_deadline) WHERE next_deadline IS NOT NULL;
  CREATE INDEX task_by_age ON task (workspace_id, created_at DESC, id DESC);
  CREATE INDEX task_by_status ON task (workspace_id, status, created_at DESC, id DESC);
  CREATE INDEX task_by_mark ON task (workspace_id, pipeline_mark, created_at DESC, id DESC) WHERE pipeline_mark IS NOT NULL;
  CREATE INDEX task_by_run ON task (run_id) WHERE run_id IS NOT NULL;
  CREATE INDEX task_dead ON task (workspace_id, finished_at DESC, id DESC) WHERE dead_reason IS NOT NULL AND retried_as IS NULL;
  CREATE INDEX task_by_end ON task (finished_at) WHERE finished_at IS NOT NULL;`;

const ATTEMPTS = `
  -- One row per lease: who had it, why this one, and how it ended.
  CREATE TABLE task_attempt (
    task_id uuid NOT NULL REFERENCES task (id) ON DELETE CASCADE,
    lease_gen integer NOT NULL,
    attempt integer NOT NULL,
    agent_id uuid,
    agent_name text,
    -- [{agent_id, agent_name, score, parts}], best first, at most ten.
    candidates jsonb NOT NULL DEFAULT '[]',
    started_at timestamptz NOT NULL DEFAULT now(),
    -- A pushed task: when the request left, and when the agent said that it has it. One that was asked for is accepted.
    pushed_at timestamptz,
    accepted_at timestamptz,
    -- When a pushed agent was sent the wish that it stops.
    cancel_pushed_at timestamptz,
    ended_at timestamptz,
    outcome text CHECK (outcome IN ('completed', 'failed', 'lost', 'timed_out', 'cancelled', 'handed_back')),
    error jsonb,
    PRIMARY KEY (task_id, lease_gen)
  );
  CREATE INDEX task_attempt_undelivered ON task_attempt (started_at) WHERE accepted_at IS NULL AND ended_at IS NULL;
  CREATE TABLE task_log (
    id bigint GENERATED ALWAYS AS IDENTITY,
    task_id uuid NOT NULL REFERENCES task (id) ON DELETE CASCADE,
    attempt integer NOT NULL,
    at timestamptz NOT NULL DEFAULT now(),
    level text NOT NULL CHECK (level IN ('debug', 'info', 'warn', 'error')),
    message text NOT NULL,
    PRIMARY KEY (task_id, id)
  );`;

const LIMITS = `
  -- How many tasks of a type, or with a concurrency key, run at once; the tasks that run are the count.
  CREATE TABLE task_limit (
    workspace_id uuid NOT NULL REFERENCES workspace (id) ON DELETE CASCADE,
    kind text NOT NULL CHECK (kind IN ('type', 'key')),
    name text NOT NULL,
    max_running integer NOT NULL CHECK (max_running BETWEEN 0 AND 100000),
    row_version integer NOT NULL DEFAULT 1,
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (workspace_id, kind, name)
  );
  -- An agent that waits for work: how many it takes, and until when somebody listens for the answer.
  CREATE TABLE agent_ask (
    id uuid PRIMARY KEY,
    agent_id uuid NOT NULL,
    -- Empty: whatever the agent can do.
    capabilities text[] NOT NULL DEFAULT '{}',
    slots integer NOT NULL CHECK (slots BETWEEN 1 AND 100),
    -- [{task_id, lease_gen}]: written once, by the pass that answers; whoever removes the row has them.
    given jsonb NOT NULL DEFAULT '[]',
    asked_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL
  ) WITH (fillfactor = 50);
  CREATE INDEX agent_ask_by_agent ON agent_ask (agent_id);
  CREATE INDEX agent_ask_by_expiry ON agent_ask (expires_at);`;

/** Work that is to be done, who has it, and what became of it. */
export class CreateTasks20261101002300 implements MigrationInterface {
  readonly name = 'CreateTasks20261101002300';

  async up(runner: QueryRunner): Promise<void> {
    for (const part of [TASKS, ATTEMPTS, LIMITS]) await runner.query(part);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      `DROP TABLE agent_ask; DROP TABLE task_limit; DROP TABLE task_log; DROP TABLE task_attempt; DROP TABLE task;`,
    );
  }
}
