import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Versions come from a sequence: one that a caller saw never names another value, not even after a setting was reset. */
const SETTINGS = `
  CREATE SEQUENCE setting_version;
  ALTER TABLE setting ADD COLUMN row_version bigint NOT NULL DEFAULT nextval('setting_version');`;

const TABLES = `
  CREATE SEQUENCE quota_version;
  -- What somebody set for one workspace, user, key or agent; a name that is not in it has the default of its scope.
  CREATE TABLE quota (
    workspace_id uuid NOT NULL REFERENCES workspace (id) ON DELETE CASCADE,
    scope text NOT NULL CHECK (scope IN ('workspace', 'user', 'key', 'agent')),
    scope_id text NOT NULL CHECK (length(scope_id) BETWEEN 1 AND 128),
    limits jsonb NOT NULL,
    row_version bigint NOT NULL DEFAULT nextval('quota_version'),
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (workspace_id, scope, scope_id)
  );
  -- What each thing uses, in the name of whom: written with the thing, in its transaction. Counters are sums of these.
  CREATE TABLE quota_holding (
    kind text NOT NULL,
    id text NOT NULL,
    workspace_id uuid NOT NULL REFERENCES workspace (id) ON DELETE CASCADE,
    user_id text,
    key_id text,
    agent_id text,
    amounts jsonb NOT NULL,
    PRIMARY KEY (kind, id)
  );
  CREATE INDEX quota_holding_by_workspace ON quota_holding (workspace_id);
  CREATE INDEX quota_holding_by_user ON quota_holding (user_id) WHERE user_id IS NOT NULL;
  CREATE INDEX quota_holding_by_key ON quota_holding (key_id) WHERE key_id IS NOT NULL;
  CREATE INDEX quota_holding_by_agent ON quota_holding (agent_id) WHERE agent_id IS NOT NULL;
  -- One row per limit that is in force: without a limit there is nothing for parallel commands to queue up at.
  CREATE TABLE quota_use (
    workspace_id uuid NOT NULL REFERENCES workspace (id) ON DELETE CASCADE,
    scope text NOT NULL,
    scope_id text NOT NULL,
    resource text NOT NULL,
    -- Of what is counted by the day, in UTC; the epoch for what is held.
    day date NOT NULL DEFAULT 'epoch',
    used bigint NOT NULL CHECK (used >= 0),
    PRIMARY KEY (workspace_id, scope, scope_id, resource, day)
  ) WITH (fillfactor = 50);`;

const LOOKUPS = `
  CREATE FUNCTION quota_scopes(p_workspace uuid, p_user text, p_key text, p_agent text)
  RETURNS TABLE (scope text, scope_id text) LANGUAGE sql IMMUTABLE AS $$
    SELECT 'workspace', p_workspace::text
    UNION ALL SELECT 'user', p_user WHERE p_user IS NOT NULL
    UNION ALL SELECT 'key', p_key WHERE p_key IS NOT NULL
    UNION ALL SELECT 'agent', p_agent WHERE p_agent IS NOT NULL
  $$;

  -- NULL is no limit.
  CREATE FUNCTION quota_limit(p_workspace uuid, p_scope text, p_scope_id text, p_resource text)
  RETURNS bigint LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN q.limits ? p_resource THEN (q.limits ->> p_resource)::bigint
                ELSE (SELECT (s.value ->> p_resource)::bigint FROM setting s WHERE s.name = 'quota_' || p_scope || '_defaults')
           END
      FROM (SELECT 1) AS always
      LEFT JOIN quota q ON q.workspace_id = p_workspace AND q.scope = p_scope AND q.scope_id = p_scope_id
  $$;

  CREATE FUNCTION quota_held(p_workspace uuid, p_scope text, p_scope_id text, p_resource text)
  RETURNS bigint LANGUAGE sql STABLE AS $$
    SELECT coalesce(sum((h.amounts ->> p_resource)::bigint), 0)::bigint FROM quota_holding h
     WHERE h.workspace_id = p_workspace
       AND CASE p_scope WHEN 'workspace' THEN true WHEN 'user' THEN h.user_id = p_scope_id
                        WHEN 'key' THEN h.key_id = p_scope_id ELSE h.agent_id = p_scope_id END
  $$;`;

/**
 * A function and not statements of the application, for two reasons: each statement inside sees what committed while the one
 * before waited for its lock, and all of it is one round trip of every command.
 */
const HOLD = `
  CREATE FUNCTION quota_hold(p_kind text, p_id text, p_workspace uuid, p_user text, p_key text, p_agent text, p_amounts jsonb)
  RETURNS TABLE (scope text, scope_id text, resource text, used bigint, "limit" bigint) LANGUAGE plpgsql AS $$
  DECLARE
    held quota_holding;
    gate bigint;
    wanted record;
    mentioned text[];
  BEGIN
    SELECT * INTO held FROM quota_holding h WHERE h.kind = p_kind AND h.id = p_id FOR UPDATE;
    IF FOUND THEN
      -- It stays with whom it was made by, whoever changes it.
      p_workspace := held.workspace_id; p_user := held.user_id; p_key := held.key_id; p_agent := held.agent_id;
    END IF;
    SELECT array_agg(a.key) INTO mentioned FROM jsonb_each_text(p_amounts) a
     WHERE a.value::bigint > coalesce((held.amounts ->> a.key)::bigint, 0);
    gate := hashtextextended('quota:' || p_workspace::text, 0);

    -- A limit that nobody counted for yet: alone in the workspace, so that what is on its way is in the sum.
    IF quota_uncounted(p_workspace, p_user, p_key, p_agent, mentioned) THEN
      PERFORM pg_advisory_xact_lock(gate);
      INSERT INTO quota_use (workspace_id, scope, scope_id, resource, used)
      SELECT p_workspace, s.scope, s.scope_id, m.resource, quota_held(p_workspace, s.scope, s.scope_id, m.resource)
        FROM quota_scopes(p_workspace, p_user, p_key, p_agent) s, unnest(mentioned) AS m (resource)
       WHERE quota_limit(p_workspace, s.scope, s.scope_id, m.resource) IS NOT NULL
      ON CONFLICT DO NOTHING;
    ELSE
      PERFORM pg_advisory_xact_lock_shared(gate);
      IF quota_uncounted(p_workspace, p_user, p_key, p_agent, mentioned) THEN
        RAISE EXCEPTION 'a limit came into force while this waited' USING ERRCODE = 'serialization_failure';
      END IF;
    END IF;

    -- In one order everywhere, so that two commands never wait for each other.
    FOR wanted IN
      SELECT s.scope, s.scope_id, n.resource, n.delta, quota_limit(p_workspace, s.scope, s.scope_id, n.resource) AS most
        FROM quota_scopes(p_workspace, p_user, p_key, p_agent) s,
             (SELECT k.resource, coalesce((p_amounts ->> k.resource)::bigint, 0)
                                 - coalesce((held.amounts ->> k.resource)::bigint, 0) AS delta
                FROM (SELECT jsonb_object_keys(p_amounts) UNION SELECT jsonb_object_keys(coalesce(held.amounts, '{}'))) AS k (resource)
             ) n
       WHERE n.delta <> 0 ORDER BY s.scope, s.scope_id, n.resource
    LOOP
      UPDATE quota_use u SET used = greatest(u.used + wanted.delta, 0)
       WHERE u.workspace_id = p_workspace AND u.scope = wanted.scope AND u.scope_id = wanted.scope_id
         AND u.resource = wanted.resource AND u.day = 'epoch'
         AND (wanted.delta < 0 OR wanted.most IS NULL OR u.used + wanted.delta <= wanted.most);
      IF NOT FOUND AND wanted.delta > 0 AND wanted.most IS NOT NULL THEN
        RETURN QUERY SELECT u.scope, u.scope_id, u.resource, u.used, wanted.most FROM quota_use u
          WHERE u.workspace_id = p_workspace AND u.scope = wanted.scope AND u.scope_id = wanted.scope_id
            AND u.resource = wanted.resource AND u.day = 'epoch';
        RETURN;
      END IF;
    END LOOP;

    IF p_amounts = '{}' THEN
      DELETE FROM quota_holding h WHERE h.kind = p_kind AND h.id = p_id;
    ELSE
      INSERT INTO quota_holding VALUES (p_kind, p_id, p_workspace, p_user, p_key, p_agent, p_amounts)
      ON CONFLICT (kind, id) DO UPDATE SET amounts = excluded.amounts;
    END IF;
  END
  $$;`;

const UNCOUNTED = `
  CREATE FUNCTION quota_uncounted(p_workspace uuid, p_user text, p_key text, p_agent text, p_resources text[])
  RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
      SELECT FROM quota_scopes(p_workspace, p_user, p_key, p_agent) s, unnest(p_resources) AS r (resource)
       WHERE quota_limit(p_workspace, s.scope, s.scope_id, r.resource) IS NOT NULL
         AND NOT EXISTS (SELECT FROM quota_use u WHERE u.workspace_id = p_workspace AND u.scope = s.scope
                            AND u.scope_id = s.scope_id AND u.resource = r.resource AND u.day = 'epoch'))
  $$;`;

/** Of what is counted by the day: as much as there is of what is wanted, down to \`p_least\`, or a row that says what is missing. */
const DRAW = `
  CREATE FUNCTION quota_draw(p_workspace uuid, p_user text, p_key text, p_agent text,
                             p_resource text, p_day date, p_least bigint, p_wanted bigint)
  RETURNS TABLE (granted bigint, scope text, scope_id text, used bigint, "limit" bigint) LANGUAGE plpgsql AS $$
  DECLARE
    counted record;
    now_used bigint;
  BEGIN
    granted := p_wanted;
    FOR counted IN
      SELECT s.scope, s.scope_id, quota_limit(p_workspace, s.scope, s.scope_id, p_resource) AS most
        FROM quota_scopes(p_workspace, p_user, p_key, p_agent) s ORDER BY s.scope, s.scope_id
    LOOP
      CONTINUE WHEN counted.most IS NULL;
      INSERT INTO quota_use AS u (workspace_id, scope, scope_id, resource, day, used)
      VALUES (p_workspace, counted.scope, counted.scope_id, p_resource, p_day, 0)
      ON CONFLICT DO NOTHING;
      SELECT u.used INTO now_used FROM quota_use u
       WHERE u.workspace_id = p_workspace AND u.scope = counted.scope AND u.scope_id = counted.scope_id
         AND u.resource = p_resource AND u.day = p_day FOR UPDATE;
      IF counted.most - now_used < p_least THEN
        granted := 0; scope := counted.scope; scope_id := counted.scope_id; used := now_used; "limit" := counted.most;
        RETURN NEXT;
        RETURN;
      END IF;
      granted := least(granted, counted.most - now_used);
      scope := counted.scope; scope_id := counted.scope_id; used := now_used; "limit" := counted.most;
    END LOOP;
    UPDATE quota_use u SET used = u.used + quota_draw.granted
      FROM quota_scopes(p_workspace, p_user, p_key, p_agent) s
     WHERE u.workspace_id = p_workspace AND u.scope = s.scope AND u.scope_id = s.scope_id
       AND u.resource = p_resource AND u.day = p_day;
    RETURN NEXT;
  END
  $$;

  CREATE FUNCTION quota_give_back(p_workspace uuid, p_user text, p_key text, p_agent text,
                                  p_resource text, p_day date, p_amount bigint)
  RETURNS void LANGUAGE sql AS $$
    UPDATE quota_use u SET used = greatest(u.used - p_amount, 0)
      FROM quota_scopes(p_workspace, p_user, p_key, p_agent) s
     WHERE u.workspace_id = p_workspace AND u.scope = s.scope AND u.scope_id = s.scope_id
       AND u.resource = p_resource AND u.day = p_day
  $$;`;

const UNIT = `CASE lower(right(size, 1)) WHEN 'k' THEN 1024::bigint WHEN 'm' THEN 1048576 WHEN 'g' THEN 1073741824 ELSE 1 END`;

/** What is there already holds what it would hold if it were made now. */
const BACKFILL = `
  INSERT INTO quota_holding (kind, id, workspace_id, amounts)
  SELECT 'instances', i.id::text, i.workspace_id,
         CASE i.desired_state WHEN 'running' THEN jsonb_build_object(
           'instances', 1, 'running_instances', i.replicas,
           'memory_bytes', i.replicas * regexp_replace(size, '[^0-9]', '', 'g')::bigint * ${UNIT},
           'cpu_millis', (i.replicas * cores * 1000)::bigint)
         ELSE jsonb_build_object('instances', 1) END
    FROM instances i,
         LATERAL (SELECT CASE WHEN json_spec ->> 'type' = 'url' THEN '0'
                              ELSE coalesce(json_spec #>> '{resources,memory_limit}', '256m') END AS size,
                         CASE WHEN json_spec ->> 'type' = 'url' THEN 0
                              ELSE coalesce((json_spec #>> '{resources,cpu_limit}')::numeric, 0.5) END AS cores) AS asked
   WHERE i.deleted_at IS NULL AND i.desired_state <> 'deleted';`;

/** Stored settings with versions, and quotas: who may use how much, and who uses what. */
export class CreateLimits20261101001900 implements MigrationInterface {
  readonly name = 'CreateLimits20261101001900';

  async up(runner: QueryRunner): Promise<void> {
    for (const part of [SETTINGS, TABLES, LOOKUPS, UNCOUNTED, HOLD, DRAW, BACKFILL]) await runner.query(part);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP FUNCTION quota_give_back, quota_draw, quota_hold, quota_uncounted, quota_held, quota_limit, quota_scopes;
      DROP TABLE quota_use, quota_holding, quota; DROP SEQUENCE quota_version;
      ALTER TABLE setting DROP COLUMN row_version; DROP SEQUENCE setting_version;`);
  }
}
