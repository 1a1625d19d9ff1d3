import { Injectable } from '@nestjs/common';
import { Database, prepared } from '@app/database';
import { type RunningGroup, type StoredLimit } from '../matching/limits-of';
import { type QueuedTask } from '../matching/model';

/** What runs, also as part of a larger statement. */
export const RUNNING = prepared(`
  SELECT workspace_id AS "workspaceId", type, concurrency_key AS "concurrencyKey", assigned_agent AS "assignedAgent",
         user_id AS "userId", key_id AS "keyId", agent_id AS "agentId", count(*)::int AS count
    FROM task WHERE status = 'running'
   GROUP BY 1, 2, 3, 4, 5, 6, 7`);

/** As `quota_limit` has it: what was set, also that there is no limit, comes before the default. */
export const storedLimits = (workspaces: string, subjects: string): string => `
  SELECT kind, workspace_id AS "workspaceId", name, max_running AS max FROM task_limit WHERE workspace_id = ANY (${workspaces})
  UNION ALL
  SELECT 'quota_' || scope, workspace_id, scope_id, (limits ->> 'running_tasks')::int
    FROM quota WHERE workspace_id = ANY (${workspaces}) AND scope_id = ANY (${subjects}) AND limits ? 'running_tasks'
  UNION ALL
  SELECT 'quota_' || s.scope, NULL, '', (value ->> 'running_tasks')::int
    FROM unnest(ARRAY['workspace', 'user', 'key', 'agent']) AS s (scope)
    JOIN setting ON setting.name = 'quota_' || s.scope || '_defaults'
   WHERE value ->> 'running_tasks' IS NOT NULL`;
const STORED = prepared(storedLimits('$1::uuid[]', '$2::text[]'));

/** What runs, and how much may. The rows of tasks are the count: nothing beside them can drift. */
@Injectable()
export class LoadRows {
  constructor(private readonly db: Database) {}

  running(): Promise<readonly RunningGroup[]> {
    return this.db.query<RunningGroup>(RUNNING);
  }

  /** Those that can be about one of these tasks. */
  storedLimits(tasks: readonly QueuedTask[]): Promise<readonly StoredLimit[]> {
    const workspaces = [...new Set(tasks.map(({ workspaceId }) => workspaceId))];
    const subjects = tasks.flatMap(({ workspaceId, userId, keyId, agentId }) =>
      [workspaceId, userId, keyId, agentId].filter((each) => each !== null),
    );
    return this.db.query<StoredLimit>(STORED, [workspaces, [...new Set(subjects)]]);
  }
}
