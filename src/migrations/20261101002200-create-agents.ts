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
    -- Its own token's; ended with it.
    key_id text,
    -- What it said itself ends when it registers anew; what somebody else said stays until they take it back.
    drained_by text CHECK (drained_by IN ('agent', 'operator')),
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

/**
 * Apart, because it changes every few seconds: the registry's rows and their index stay as they are. After a crash of the
 * database it is empty; an agent without a row is not lost but unknown, and gets a new term from whoever watches.
 */
const PRESENCE = `
  CREATE UNLOGGED TABLE agent_presence (
    agent_id uuid PRIMARY KEY,
    -- Empty: not heard of since the table was.
    last_heartbeat_at timestamptz,
    -- By the database's clock: the agent is lost when it has passed.
    lease_until timestamptz NOT NULL,
    -- When the next sign of life should be there; passed, one was missed.
    expected_by timestamptz NOT NULL,
    current_load real NOT NULL DEFAULT 0 CHECK (current_load BETWEEN 0 AND 1),
    -- What the agent says; what we know it runs is in the tasks.
    reported_running integer,
    metrics jsonb NOT NULL DEFAULT '{}',
    -- Moving averages of what dispatch has seen of it.
    error_rate real NOT NULL DEFAULT 0,
    latency_ms real,
    -- A Retry-After of the agent: nothing is given to it before.
    closed_until timestamptz,
    -- The load that others were told of, and when.
    announced_load real NOT NULL DEFAULT 0,
    announced_at timestamptz NOT NULL DEFAULT now(),
    -- The last look at its health endpoint, and what was wrong with it.
    probed_at timestamptz,
    probe_error text
  ) WITH (fillfactor = 50);`;

/** A sentinel notices what nobody was there to see: leases that passed while no process watched end nobody's work. */
const WATCH = `
  CREATE TABLE agent_watch (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    watched_at timestamptz NOT NULL DEFAULT now()
  ) WITH (fillfactor = 10);
  INSERT INTO agent_watch DEFAULT VALUES;
  -- Whether the agent keeps hold of what it works at: it is there, or whether it is cannot be known now.
  CREATE FUNCTION agent_holds(agent_id uuid) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT coalesce((
      SELECT CASE
               WHEN a.status IN ('lost', 'offline') THEN false
               WHEN p.agent_id IS NULL THEN true
               ELSE p.lease_until > now() OR w.watched_at < now() - interval '10 seconds'
             END
        FROM agent a
        CROSS JOIN agent_watch w
        LEFT JOIN agent_presence p ON p.agent_id = a.id
       WHERE a.id = agent_holds.agent_id), false)
  $$;`;

/** Who does the work, and who of them is there. */
export class CreateAgents20261101002200 implements MigrationInterface {
  readonly name = 'CreateAgents20261101002200';

  async up(runner: QueryRunner): Promise<void> {
    for (const part of [AGENTS, PRESENCE, WATCH]) await runner.query(part);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      `DROP FUNCTION agent_holds(uuid); DROP TABLE agent_watch; DROP TABLE agent_presence; DROP TABLE agent;`,
    );
  }
}
