import { Injectable } from '@nestjs/common';
import { Database } from '@app/database';
import { type Viewer } from '../overview.viewer';

export type Counts = Readonly<Record<string, number>>;

/** null: the caller may not see such things at all. */
export interface OverviewCounts {
  readonly instances: Counts | null;
  readonly agents: Counts | null;
  readonly runs: Counts | null;
  readonly tasks: Counts | null;
}

interface CountRow {
  readonly status: string;
  readonly count: number;
}

const INSTANCES = `
  SELECT status, count(*)::int AS count FROM instance_view
   WHERE workspace_id = $1 AND ($2::text[] IS NULL OR name = ANY ($2)) AND id <> ALL ($3::uuid[]) GROUP BY 1`;
const AGENTS = `SELECT status, count(*)::int AS count FROM agent WHERE workspace_id = $1 GROUP BY 1`;
/** Those under way, and how those of the last day ended. */
const RUNS = `
  SELECT status, count(*)::int AS count FROM pipeline_run
   WHERE workspace_id = $1 AND parent_run_id IS NULL AND pipeline_id <> ALL ($2::uuid[])
     AND (finished_at IS NULL OR finished_at > now() - interval '1 day') GROUP BY 1`;
/** Only what is under way: the indexes of these hold no others. */
const TASKS = `
  SELECT status, count(*)::int AS count FROM task
   WHERE workspace_id = $1 AND status IN ('pending', 'retrying', 'running') GROUP BY 1`;

/** How many there are in which state. */
@Injectable()
export class OverviewCountRows {
  constructor(private readonly db: Database) {}

  async of({ workspaceId, may, instances, pipelines }: Viewer): Promise<OverviewCounts> {
    const [ofInstances, ofAgents, ofRuns, ofTasks] = await Promise.all([
      this.count(may('instances:read'), INSTANCES, [
        ...[workspaceId, instances.onlyNames ?? null, instances.withoutIds],
      ]),
      this.count(may('agents:read'), AGENTS, [workspaceId]),
      this.count(may('pipelines:read'), RUNS, [workspaceId, pipelines.withoutIds]),
      this.count(may('tasks:read'), TASKS, [workspaceId]),
    ]);
    return { instances: ofInstances, agents: ofAgents, runs: ofRuns, tasks: ofTasks };
  }

  private async count(isShown: boolean, sql: string, values: unknown[]): Promise<Counts | null> {
    if (!isShown) return null;
    const rows = await this.db.query<CountRow>(sql, values);
    return Object.fromEntries(rows.map(({ status, count }) => [status, count]));
  }
}
