import { Injectable } from '@nestjs/common';
import { Database, storableJson } from '@app/database';
import { type JsonObject, type Scope } from '@app/kernel';

export interface KnownTool {
  readonly name: string;
  readonly inputSchema: JsonObject;
}

/** A server, and what it offered when a gateway looked last. */
export interface KnownServer {
  readonly id: string;
  readonly name: string;
  /** null: nobody has seen its list yet. */
  readonly tools: readonly KnownTool[] | null;
  readonly toolsAt: Date | null;
  /** Why it could not be looked at. */
  readonly failure: string | null;
  /** Looked at after the question, or only just before it. */
  readonly isFresh: boolean;
}

/** So long a look is as good as a new one. */
const FRESH_FOR = '10 seconds';

/** What gateways saw of servers' tools, for processes that cannot reach the servers. */
@Injectable()
export class ToolListRows {
  constructor(private readonly db: Database) {}

  async now(): Promise<Date> {
    const [row] = await this.db.query<{ now: Date }>(`SELECT clock_timestamp() AS now`);
    return row?.now ?? new Date();
  }

  async servers(
    { workspaceId }: Scope,
    idsOrNames: readonly string[],
    askedAt: Date,
  ): Promise<readonly KnownServer[]> {
    return this.db.query<KnownServer>(
      `SELECT i.id::text, i.name, t.tools, t.tools_at AS "toolsAt", t.failure,
              coalesce(t.looked_at > $3::timestamptz - interval '${FRESH_FOR}', false) AS "isFresh"
         FROM instance_view i LEFT JOIN tool_list t ON t.instance_id = i.id
        WHERE i.workspace_id = $1 AND (i.name = ANY ($2) OR i.id::text = ANY ($2))`,
      [workspaceId, idsOrNames, askedAt],
    );
  }

  async seen(instanceId: string, tools: readonly KnownTool[]): Promise<void> {
    await this.db.execute(
      `INSERT INTO tool_list (instance_id, tools, tools_at, looked_at) VALUES ($1, $2::jsonb, now(), now())
       ON CONFLICT (instance_id) DO UPDATE
         SET tools = excluded.tools, tools_at = now(), looked_at = now(), failure = NULL`,
      [instanceId, storableJson(tools)],
    );
  }

  /** What was seen before stays: it is better than nothing. */
  async notSeen(instanceId: string, failure: string): Promise<void> {
    await this.db.execute(
      `INSERT INTO tool_list (instance_id, failure, looked_at) VALUES ($1, $2, now())
       ON CONFLICT (instance_id) DO UPDATE SET failure = excluded.failure, looked_at = now()`,
      [instanceId, failure],
    );
  }
}
