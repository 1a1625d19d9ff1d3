import { Injectable } from '@nestjs/common';
import { Database } from '@app/database';
import { type QuotaResource, QUOTA_RESOURCES } from '../../settings';
import { isDaily } from '../domain/quota-resource';
import { type QuotaSubject } from '../domain/quota';

export interface ResourceUse {
  readonly resource: QuotaResource;
  readonly used: number;
  readonly limit: number | null;
}

export interface CallUse {
  /** `2026-11-21` */
  readonly day: string;
  readonly instanceId: string | null;
  readonly serverName: string | null;
  readonly tool: string | null;
  readonly calls: number;
  readonly failed: number;
}

/** Lines about calls in one answer: those with the most calls. */
const CALL_LINES_MAX = 1_000;
const HELD = QUOTA_RESOURCES.filter((resource) => !isDaily(resource));

/** Who made the calls, in the columns of their records. */
const CALLERS: Readonly<Record<QuotaSubject['scope'], string>> = {
  workspace: `c.workspace_id::text = $2`,
  user: `c.actor = 'user:' || $2 OR c.key_id IN (SELECT id FROM api_key WHERE user_id::text = $2)`,
  key: `c.key_id = $2`,
  agent: `c.actor = 'agent:' || $2`,
};

/** Reads what is used: of what is held the sum, whether a limit is counted or not; of what is counted by the day, today's. */
@Injectable()
export class UsageRows {
  constructor(private readonly db: Database) {}

  async resources(
    { workspaceId, scope, scopeId }: QuotaSubject,
    day: string,
  ): Promise<readonly ResourceUse[]> {
    return this.db.query<ResourceUse>(
      `SELECT r.resource,
              CASE WHEN r.resource = ANY($4::text[]) THEN quota_held($1::uuid, $2, $3, r.resource)
                   ELSE coalesce((SELECT used FROM quota_use u WHERE u.workspace_id = $1::uuid AND u.scope = $2
                                     AND u.scope_id = $3 AND u.resource = r.resource AND u.day = $5::date), 0)
              END::float8 AS used,
              quota_limit($1::uuid, $2, $3, r.resource)::float8 AS "limit"
         FROM unnest($6::text[]) WITH ORDINALITY AS r (resource, place) ORDER BY r.place`,
      [workspaceId, scope, scopeId, HELD, day, QUOTA_RESOURCES],
    );
  }

  async calls({ workspaceId, scope, scopeId }: QuotaSubject, since: Date): Promise<readonly CallUse[]> {
    return this.db.query<CallUse>(
      `SELECT to_char(c.at AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS day, c.instance_id AS "instanceId",
              max(c.server_name) AS "serverName", c.target AS tool, count(*)::int AS calls,
              (count(*) FILTER (WHERE c.outcome <> 'ok'))::int AS failed
         FROM mcp_call c
        WHERE c.at >= $3 AND c.method = 'tools/call' AND c.outcome <> 'denied'
          AND c.workspace_id = $1::uuid AND (${CALLERS[scope]})
        GROUP BY 1, 2, 4 ORDER BY 1 DESC, 5 DESC, 2, 4 LIMIT ${CALL_LINES_MAX}`,
      [workspaceId, scopeId, since],
    );
  }
}
