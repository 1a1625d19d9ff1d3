import { Injectable } from '@nestjs/common';
import {
  type DesiredState,
  type InstancePhase,
  type InstanceSpec,
  type UpstreamReport,
} from '@app/contracts';
import { Database } from '@app/database';
import { type Scope } from '@app/kernel';
import { type Route, type RouteVersion } from './route';

export interface RouteNews {
  readonly instanceId: string;
  readonly version: RouteVersion;
  readonly isDeleted: boolean;
}

/** Where routes come from. Never asked on the call path but for a name that memory does not know. */
export abstract class RouteReader {
  abstract all(): Promise<readonly Route[]>;
  abstract byIds(ids: readonly string[]): Promise<readonly Route[]>;
  abstract byName(scope: Scope, name: string): Promise<Route | undefined>;
  /** What began, changed its state or ended within this time. */
  abstract changedWithin(periodMs: number): Promise<readonly RouteNews[]>;
}

interface VersionRow {
  id: string;
  row_version: number;
  observed_generation: number;
  /** bigint: the driver gives text. */
  status_sequence: string;
}

interface NewsRow extends VersionRow {
  is_deleted: boolean;
}

interface RouteRow extends VersionRow {
  workspace_id: string;
  name: string;
  json_spec: InstanceSpec;
  desired_state: DesiredState;
  container_generation: number;
  status: InstancePhase;
  reason: string;
  next_attempt_at: Date | null;
  upstream: UpstreamReport | null;
  tools: number | null;
  era: 'older' | 'newer' | null;
  latency_ms: number | null;
  last_checked_at: Date | null;
}

const COLUMNS = `id, workspace_id, name, json_spec, desired_state, container_generation, row_version, status, reason, observed_generation,
  status_sequence, next_attempt_at, upstream, tools, era, latency_ms, last_checked_at`;

@Injectable()
export class SqlRouteReader extends RouteReader {
  constructor(private readonly db: Database) {
    super();
  }

  override async all(): Promise<readonly Route[]> {
    return (await this.db.query<RouteRow>(`SELECT ${COLUMNS} FROM instance_view`)).map(toRoute);
  }

  override async byIds(ids: readonly string[]): Promise<readonly Route[]> {
    const rows = await this.db.query<RouteRow>(
      `SELECT ${COLUMNS} FROM instance_view WHERE id = ANY($1::uuid[])`,
      [ids],
    );
    return rows.map(toRoute);
  }

  override async changedWithin(periodMs: number): Promise<readonly RouteNews[]> {
    const rows = await this.db.query<NewsRow>(
      `SELECT i.id, i.row_version, i.deleted_at IS NOT NULL AS is_deleted,
              coalesce(s.generation, 0) AS observed_generation, coalesce(s.sequence, 0) AS status_sequence
         FROM instances i LEFT JOIN instance_status s ON s.instance_id = i.id
        WHERE greatest(i.updated_at, i.deleted_at, s.since) > now() - $1 * interval '1 millisecond'`,
      [periodMs],
    );
    return rows.map((row) => ({ instanceId: row.id, version: versionOf(row), isDeleted: row.is_deleted }));
  }

  override async byName({ workspaceId }: Scope, name: string): Promise<Route | undefined> {
    const [row] = await this.db.query<RouteRow>(
      `SELECT ${COLUMNS} FROM instance_view WHERE workspace_id = $1 AND name = $2`,
      [workspaceId, name],
    );
    return row === undefined ? undefined : toRoute(row);
  }
}

const toRoute = (row: RouteRow): Route => ({
  instanceId: row.id,
  workspaceId: row.workspace_id,
  name: row.name,
  spec: row.json_spec,
  desiredState: row.desired_state,
  generation: row.container_generation,
  status: row.status,
  reason: row.reason,
  upstream: row.upstream,
  tools: row.tools,
  era: row.era,
  latencyMs: row.latency_ms,
  lastCheckedAt: row.last_checked_at,
  nextAttemptAt: row.next_attempt_at,
  version: versionOf(row),
});

const versionOf = (row: VersionRow): RouteVersion => ({
  row: row.row_version,
  observedGeneration: row.observed_generation,
  statusSequence: Number(row.status_sequence),
});
