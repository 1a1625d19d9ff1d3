import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Database } from '@app/database';
import { type ToolCall } from '../domain/log-event';
import { Hub } from '../feed/hub';
import { Told } from '../feed/told';
import { RealtimeOptions } from '../realtime.options';

const LOOK_EVERY_MS = 1_000;
/** Of each workspace at each look, the newest: people watch calls, programs read usage and the trail. */
const TOLD_PER_WORKSPACE = 20;
const TOLD_MAX = 500;
/** Records are written in batches a moment after the call, and not in its order: so far back is looked again. */
const LOOK_BACK_S = 5;

interface Row {
  readonly id: string;
  readonly at: Date;
  readonly workspace_id: string;
  readonly instance_id: string | null;
  readonly server_name: string | null;
  readonly target: string;
  readonly outcome: string;
  readonly duration_ms: number;
  readonly actor: string;
}

const RECENT = `
  SELECT id, at, workspace_id, instance_id, server_name, target, outcome, duration_ms, actor
    FROM (SELECT c.*, row_number() OVER (PARTITION BY workspace_id ORDER BY at DESC, id) AS place
            FROM mcp_call c
           WHERE at > now() - interval '${LOOK_BACK_S} s' AND method = 'tools/call' AND target IS NOT NULL
             AND workspace_id IS NOT NULL) AS recent
   WHERE place <= ${TOLD_PER_WORKSPACE} ORDER BY at, id LIMIT ${TOLD_MAX}`;

/** Tells of tool calls while somebody listens. They have no number, and are not told again to who comes back. */
@Injectable()
export class CallTail implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(CallTail.name);
  /** Calls of the last looks; bounded by what a look finds, since only those of the last one can be found again. */
  private seen: ReadonlySet<string> | undefined;
  private timer: NodeJS.Timeout | undefined;
  private looking: Promise<void> | undefined;

  constructor(
    private readonly db: Database,
    private readonly hub: Hub,
    private readonly options: RealtimeOptions,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => {
      this.looking ??= this.look()
        .catch((error: unknown) => {
          this.logger.debug(`tool calls are not told: ${String(error)}`);
        })
        .finally(() => {
          this.looking = undefined;
        });
    }, LOOK_EVERY_MS).unref();
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.looking;
  }

  private async look(): Promise<void> {
    if (!this.hub.wantsCalls()) {
      this.seen = undefined;
      return;
    }
    const rows = await this.db.query<Row>(RECENT);
    const { seen } = this;
    this.seen = new Set(rows.map(({ id }) => id));
    // What was there before anybody listened is not news.
    if (seen === undefined) return;
    const fresh = rows.filter(({ id }) => !seen.has(id));
    this.hub.tellUnnumbered(fresh.map((row) => Told.call(toCall(row), this.options)));
  }
}

const toCall = (row: Row): ToolCall => ({
  id: row.id,
  at: row.at,
  workspaceId: row.workspace_id,
  instanceId: row.instance_id,
  serverName: row.server_name,
  tool: row.target,
  outcome: row.outcome,
  durationMs: row.duration_ms,
  actor: row.actor,
});
