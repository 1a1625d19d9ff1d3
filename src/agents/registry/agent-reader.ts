import { Injectable } from '@nestjs/common';
import { Database } from '@app/database';
import { type JsonObject, type KeysetPosition, type Page, type Scope } from '@app/kernel';
import { type AgentStatus, type AgentType } from '../domain/agent';
import { AgentWork } from '../domain/agent-work';
import { AgentDirectory } from './agent-directory';
import { AGENT_COLUMNS } from './agent-rows';
import { type AgentView } from './agent-view';

export interface AgentFilter {
  readonly type?: AgentType | undefined;
  readonly status?: AgentStatus | undefined;
  readonly capability?: string | undefined;
}

type Row = Omit<AgentView, 'runningTasks'> & { readonly position: string };

const SELECT = `
  SELECT ${AGENT_COLUMNS}, a.created_at::text AS position, p.last_heartbeat_at AS "lastHeartbeatAt",
         p.lease_until AS "leaseUntil", coalesce(p.current_load, 0) AS "currentLoad",
         p.reported_running AS "reportedRunning", coalesce(p.error_rate, 0) AS "errorRate", p.latency_ms AS "latencyMs",
         p.closed_until AS "closedUntil", p.probed_at AS "probedAt", p.probe_error AS "probeError"
    FROM agent a LEFT JOIN agent_presence p ON p.agent_id = a.id`;

/** Agents with what they do, for answers. */
@Injectable()
export class AgentReader {
  constructor(
    private readonly db: Database,
    private readonly directory: AgentDirectory,
    private readonly work: AgentWork,
  ) {}

  async get(scope: Scope, idOrName: string): Promise<AgentView> {
    const { id } = await this.directory.get(scope, idOrName);
    const rows = await this.db.query<Row>(`${SELECT} WHERE a.id = $1`, [id]);
    const [view] = await this.withWork(rows);
    // Between the two it may have gone; the directory says so in its words.
    return view ?? this.get(scope, idOrName);
  }

  /** Newest first. */
  async page(
    { workspaceId }: Scope,
    { type, status, capability }: AgentFilter,
    limit: number,
    after: KeysetPosition | undefined,
  ): Promise<Page<AgentView>> {
    const rows = await this.db.query<Row>(
      `${SELECT}
        WHERE a.workspace_id = $1 AND ($2::text IS NULL OR a.type = $2) AND ($3::text IS NULL OR a.status = $3)
          AND ($4::text IS NULL OR a.capabilities @> ARRAY[$4::text])
          AND ($5::timestamptz IS NULL OR (a.created_at, a.id) < ($5::timestamptz, $6::uuid))
        ORDER BY a.created_at DESC, a.id DESC LIMIT $7`,
      [
        ...[workspaceId, type ?? null, status ?? null, capability ?? null],
        ...[after?.sort ?? null, after?.id ?? null, limit + 1],
      ],
    );
    const shown = rows.slice(0, limit);
    const last = shown.at(-1);
    const more = rows.length > limit && last !== undefined;
    return { items: await this.withWork(shown), next: more ? { sort: last.position, id: last.id } : null };
  }

  /** The document that it was imported with. */
  async cardOf(scope: Scope, idOrName: string): Promise<JsonObject | null> {
    return (await this.directory.get(scope, idOrName)).card;
  }

  private async withWork(rows: readonly Row[]): Promise<readonly AgentView[]> {
    if (rows.length === 0) return [];
    const running = await this.work.runningOf(rows.map(({ id }) => id));
    return rows.map(({ position: _position, ...row }) => ({
      ...row,
      runningTasks: running.get(row.id) ?? 0,
    }));
  }
}
