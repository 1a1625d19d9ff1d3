import { Injectable } from '@nestjs/common';
import { Database } from '@app/database';
import { type Viewer } from '../overview.viewer';
import { type AttentionKind, type Finding, LINES_PER_KIND } from './attention';
import { DEAD_LETTERS, reachOfStages } from './dead-letters';

interface Row {
  readonly id: string;
  readonly name: string;
  readonly cause: string;
  readonly since: Date;
  readonly total: number;
  /** Where the objects of one look are of several types. */
  readonly object_type?: string;
}

interface Look {
  readonly kind: AttentionKind;
  readonly objectType: string;
  readonly permission: string;
  /** Columns id, name, cause, since and, where they differ, object_type; of the workspace `$1`. */
  readonly sql: string;
  readonly values?: (viewer: Viewer) => readonly unknown[];
  readonly link: (row: Row) => string;
}

const instancesWhere = (condition: string, cause = 'reason'): string => `
  SELECT id::text, name, ${cause} AS cause, since FROM instance_view
   WHERE workspace_id = $1 AND ($2::text[] IS NULL OR name = ANY ($2)) AND id <> ALL ($3::uuid[]) AND ${condition}`;
/**
 * Its starts have failed and it does not serve: also while it waits for the next try, or is being started once more. The
 * count of another generation says nothing of the one that is wanted now.
 */
const HAS_FAILED = `(status = 'failed'
  OR (status = 'restarting' AND attempt > 0 AND observed_generation >= container_generation))`;
/** What is being done about it is no cause: what went wrong last is. */
const CAUSE_OF_FAILURE = `CASE status WHEN 'failed' THEN reason ELSE coalesce(last_error ->> 'message', reason) END`;
const reachOfInstances = ({ instances }: Viewer) => [instances.onlyNames ?? null, instances.withoutIds];
const diagnosis = ({ name }: Row): string => `/instances/${encodeURIComponent(name)}?tab=diagnose`;

const LOOKS: readonly Look[] = [
  {
    ...{ kind: 'instance_failed', objectType: 'instances', permission: 'instances:read' },
    ...{ sql: instancesWhere(HAS_FAILED, CAUSE_OF_FAILURE), values: reachOfInstances, link: diagnosis },
  },
  {
    ...{ kind: 'instance_unhealthy', objectType: 'instances', permission: 'instances:read' },
    sql: instancesWhere(`status IN ('unhealthy', 'degraded', 'unknown')`),
    ...{ values: reachOfInstances, link: diagnosis },
  },
  {
    ...{ kind: 'tool_quarantined', objectType: 'instances', permission: 'tools:read' },
    sql: `SELECT i.id::text, i.name, min(p.changed_at) AS since,
                 CASE count(*) WHEN 1 THEN 'The tool "' || min(p.tool) || '" is not what was approved, and is kept back.'
                      ELSE count(*) || ' tools are not what was approved, and are kept back.' END AS cause
            FROM tool_pin p JOIN instance_view i ON i.id = p.instance_id
           WHERE p.changed_sha256 IS NOT NULL AND i.workspace_id = $1
             AND ($2::text[] IS NULL OR i.name = ANY ($2)) AND i.id <> ALL ($3::uuid[])
           GROUP BY i.id, i.name`,
    values: reachOfInstances,
    link: ({ name }) => `/instances/${encodeURIComponent(name)}?tab=tools`,
  },
  {
    ...{ kind: 'approval_waiting', objectType: 'runs', permission: 'pipelines:read' },
    sql: `SELECT r.id::text, r.pipeline_name AS name, 'The stage "' || s.name || '" waits for an approval.' AS cause,
                 coalesce(s.started_at, r.updated_at) AS since
            FROM pipeline_run r JOIN stage_run s ON s.run_id = r.id AND s.status = 'waiting_approval'
           WHERE r.workspace_id = $1 AND r.finished_at IS NULL AND r.pipeline_id <> ALL ($2::uuid[])`,
    values: ({ pipelines }) => [pipelines.withoutIds],
    link: ({ id }) => `/runs/${id}`,
  },
  {
    ...{ kind: 'dead_letter', objectType: 'tasks', permission: 'tasks:read' },
    ...{ sql: DEAD_LETTERS, values: reachOfStages },
    link: ({ id, object_type: type = 'tasks' }) => `/${type}/${id}`,
  },
  {
    ...{ kind: 'agent_lost', objectType: 'agents', permission: 'agents:read' },
    sql: `SELECT id::text, name, coalesce(nullif(status_reason, ''), 'It was not heard of for a whole term.') AS cause,
                 status_since AS since
            FROM agent WHERE workspace_id = $1 AND status = 'lost'`,
    link: ({ id }) => `/agents/${id}`,
  },
  {
    ...{ kind: 'webhook_disabled', objectType: 'webhooks', permission: 'notifications:read' },
    sql: `SELECT id::text, regexp_replace(url, '[?#].*$', '') AS name, disabled_reason AS cause, updated_at AS since
            FROM webhook_endpoint WHERE workspace_id = $1 AND NOT enabled AND disabled_reason <> ''`,
    link: () => '/admin/webhooks',
  },
  {
    ...{ kind: 'quota_full', objectType: 'quotas', permission: 'usage:read' },
    sql: `SELECT resource AS id, resource AS name, 'The workspace uses ' || used || ' of ' || most || '.' AS cause, now() AS since
            FROM (SELECT resource, quota_limit($1::uuid, 'workspace', $1::uuid::text, resource) AS most,
                         CASE WHEN resource = ANY ($2::text[]) THEN quota_held($1::uuid, 'workspace', $1::uuid::text, resource)
                              ELSE coalesce((SELECT used FROM quota_use u WHERE u.workspace_id = $1::uuid AND u.scope = 'workspace'
                                  AND u.scope_id = $1::uuid::text AND u.resource = r.resource
                                  AND u.day = (now() AT TIME ZONE 'UTC')::date), 0) END AS used
                    FROM unnest($2::text[] || $3::text[]) AS r (resource)) AS u
           WHERE most IS NOT NULL AND used >= most`,
    values: () => [HELD, DAILY],
    link: () => '/admin/quotas',
  },
  {
    ...{ kind: 'key_expiring', objectType: 'keys', permission: 'keys:read' },
    sql: `SELECT id, name, CASE WHEN expires_at < now() THEN 'The key has expired.'
                 ELSE 'The key expires at ' || to_char(expires_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI') || ' UTC.' END AS cause,
                 expires_at - interval '7 days' AS since
            FROM api_key WHERE workspace_id = $1 AND revoked_at IS NULL AND agent_id IS NULL
             AND expires_at BETWEEN now() - interval '1 day' AND now() + interval '7 days'
             AND ($2::boolean OR user_id::text = $3 OR created_by = $4)`,
    values: ({ isAdmin, userId, actor }) => [isAdmin, userId, actor],
    link: () => '/admin/keys',
  },
];

/** As quotas count them: what is held, and what is counted by the day. */
const HELD = [
  ...['instances', 'running_instances', 'memory_bytes', 'cpu_millis'],
  ...['running_tasks', 'websocket_connections'],
];
const DAILY = ['tasks_per_day', 'tool_calls_per_day'];

/** Looks for what needs somebody, in everything that the caller may see. */
@Injectable()
export class AttentionRows {
  constructor(private readonly db: Database) {}

  /** One finding for each kind that the caller may look for, those without lines too. */
  of(viewer: Viewer): Promise<readonly Finding[]> {
    const looks = LOOKS.filter(({ permission }) => viewer.may(permission));
    return Promise.all(looks.map((look) => this.look(look, viewer)));
  }

  private async look({ kind, objectType, sql, values, link }: Look, viewer: Viewer): Promise<Finding> {
    const rows = await this.db.query<Row>(
      `SELECT f.*, (count(*) OVER ())::int AS total FROM (${sql}) AS f ORDER BY since DESC, id LIMIT ${LINES_PER_KIND}`,
      [viewer.workspaceId, ...(values?.(viewer) ?? [])],
    );
    return {
      kind,
      total: rows[0]?.total ?? 0,
      lines: rows.map((row) => ({
        ...{ kind, objectType: row.object_type ?? objectType, objectId: row.id, objectName: row.name },
        ...{ cause: row.cause, since: row.since, link: link(row) },
      })),
    };
  }
}
