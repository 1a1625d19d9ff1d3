import { type MigrationInterface, type QueryRunner } from 'typeorm';

const AGENTS = `
  CREATE TABLE agent (
    id uuid PRIMARY KEY,
    workspace_id uuid NOT NULL REFERENCES workspace (id) ON DELETE CASCADE,
    name text NOT NULL,
    type text NOT NULL CHECK (type IN ('worker', 'orchestrator', 'validator')),
    description text NOT NULL DEFAULT '',
    capabilities text[] NOT NULL DEFAULT '{}',
    -- {task?, status?, health?}: as sent; each address is judged when it is connected to.
    endpoints jsonb NOT NULL DEFAULT '{}',
    resources jsonb NOT NULL DEFAULT '{}',
    labels jsonb NOT NULL DEFAULT '{}',
    -- How many tasks it takes at once.
    max_tasks integer NOT NULL CHECK (max_tasks BETWEEN 1 AND 1000),
    -- The document at its card address, where it was imported from one.
    card jsonb,
    -- Who registered it; the same name by somebody else is taken.
    owner text NOT NULL,
    status text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'draining', 'lost', 'offline')),
    status_reason text NOT NULL DEFAULT '',
    status_since timestamptz NOT NULL DEFAULT now(),
    row_version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (workspace_id, name)
  );
  CREATE INDEX agent_by_age ON agent (workspace_id, created_at DESC, id DESC);
  CREATE INDEX agent_by_capability ON agent USING gin (capabilities);`;

/** Apart, because it changes every few seconds: the registry's rows and their index stay as they are. */
const PRESENCE = `
  CREATE UNLOGGED TABLE agent_presence (
    agent_id uuid PRIMARY KEY,
    last_heartbeat_at timestamptz NOT NULL DEFAULT now(),
    -- By the database's clock: the agent is lost when it has passed.
    lease_until timestamptz NOT NULL,
    current_load real NOT NULL DEFAULT 0 CHECK (current_load BETWEEN 0 AND 1),
    -- What the agent says; what we know it runs is in the tasks.
    reported_running integer,
    metrics jsonb NOT NULL DEFAULT '{}',
    -- Moving averages of what dispatch has seen of it.
    error_rate real NOT NULL DEFAULT 0,
    latency_ms real,
    -- A Retry-After of the agent: nothing is given to it before.
    closed_until timestamptz
  ) WITH (fillfactor = 50);`;

/** Who does the work, and who of them is there. */
export class CreateAgents20261101002200 implements MigrationInterface {
  readonly name = 'CreateAgents20261101002200';

  async up(runner: QueryRunner): Promise<void> {
    for (const part of [AGENTS, PRESENCE]) await runner.query(part);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE agent_presence; DROP TABLE agent;`);
  }
}
