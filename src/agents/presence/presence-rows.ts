import { Injectable } from '@nestjs/common';
import { Database, prepared, storableJson } from '@app/database';
import { type JsonObject } from '@app/kernel';
import { type AgentStatus, type AgentType, type DrainedBy } from '../domain/agent';
import { type AverageStep } from '../domain/averages';
import { type Pace } from '../domain/pace';
import { noteHeartbeats } from './heartbeat-rows';

/** A sign of life. What it does not say stays as it was. */
export interface Beat {
  readonly agentId: string;
  readonly load?: number | undefined;
  readonly running?: number | undefined;
  readonly metrics?: JsonObject | undefined;
}

/** Who was heard. */
export interface Heard {
  readonly agentId: string;
  readonly workspaceId: string;
  readonly name: string;
  readonly type: AgentType;
  readonly capabilities: readonly string[];
  readonly status: AgentStatus;
  readonly drainedBy: DrainedBy | null;
  readonly currentLoad: number;
  /** Its load is another than others were told of, and that is long enough ago. */
  readonly isNews: boolean;
}

/** A load that moved less is no news, and nobody has to hear of one more often. */
const NEWS_FROM = 0.1;
const NEWS_EVERY_S = 5;
const BEAT_COLUMNS = 'agent_id uuid, load real, running integer, metrics jsonb';
const STEP_COLUMNS =
  'agent_id uuid, error_keep float8, error_add float8, latency_keep float8, latency_add float8, latency_first float8';

/** In the order of ids, so that two batches cannot wait for each other. */
const BEAT = prepared(`
  WITH heard AS (
    SELECT b.agent_id, a.workspace_id, a.name, a.type, a.capabilities, a.status, a.drained_by,
           coalesce(b.load, p.current_load, 0) AS current_load,
           coalesce(b.running, p.reported_running) AS running,
           coalesce(b.metrics, p.metrics, '{}') AS metrics,
           coalesce(p.announced_load, b.load, 0) AS announced_load,
           coalesce(p.announced_at, now()) AS announced_at,
           coalesce(abs(b.load - p.announced_load) >= ${String(NEWS_FROM - 1e-6)}
             AND p.announced_at < now() - interval '${String(NEWS_EVERY_S)} seconds', false) AS is_news
      FROM jsonb_to_recordset($1::jsonb) AS b (${BEAT_COLUMNS})
      JOIN agent a ON a.id = b.agent_id
      LEFT JOIN agent_presence p ON p.agent_id = a.id
  ), written AS (
    INSERT INTO agent_presence AS p (agent_id, last_heartbeat_at, lease_until, expected_by, current_load, reported_running,
                                     metrics, announced_load, announced_at)
    SELECT agent_id, now(), now() + $2::float8 * interval '1 second', now() + $3::float8 * interval '1 second', current_load,
           running, metrics, CASE WHEN is_news THEN current_load ELSE announced_load END,
           CASE WHEN is_news THEN now() ELSE announced_at END
      FROM heard ORDER BY agent_id
    ON CONFLICT (agent_id) DO UPDATE SET
      last_heartbeat_at = excluded.last_heartbeat_at, lease_until = greatest(p.lease_until, excluded.lease_until),
      expected_by = excluded.expected_by, current_load = excluded.current_load, reported_running = excluded.reported_running,
      metrics = excluded.metrics, announced_load = excluded.announced_load, announced_at = excluded.announced_at
  ), noted AS (${noteHeartbeats('SELECT agent_id, current_load AS load FROM heard', '$4::float8')}
  )
  SELECT agent_id AS "agentId", workspace_id AS "workspaceId", name, type, capabilities, status, drained_by AS "drainedBy",
         current_load AS "currentLoad", is_news AS "isNews"
    FROM heard`);

/** The statements about who is there. Nothing of it is worth a wait for the disk: the next heartbeat says it again. */
@Injectable()
export class PresenceRows {
  constructor(private readonly db: Database) {}

  /** Signs of life, one for each agent; answers which of the agents there are. */
  beat(beats: readonly Beat[], { intervalS, leaseS, missedAfterS }: Pace): Promise<readonly Heard[]> {
    const rows = beats.map(({ agentId, load, running, metrics }) => ({
      agent_id: agentId,
      ...{ load, running, metrics },
    }));
    return this.db.query<Heard>(BEAT, [storableJson(rows), leaseS, missedAfterS, intervalS / 2]);
  }

  async average(steps: readonly AverageStep[]): Promise<void> {
    const rows = steps.map((step) => ({
      ...{ agent_id: step.agentId, error_keep: step.errorKeep, error_add: step.errorAdd },
      ...{ latency_keep: step.latencyKeep, latency_add: step.latencyAdd, latency_first: step.latencyFirst },
    }));
    await this.db.execute(
      `WITH step AS (
         SELECT s.* FROM jsonb_to_recordset($1::jsonb) AS s (${STEP_COLUMNS})
           JOIN agent_presence p USING (agent_id) ORDER BY agent_id FOR UPDATE OF p
       )
       UPDATE agent_presence p
          SET error_rate = least(greatest(p.error_rate * s.error_keep + s.error_add, 0), 1),
              latency_ms = coalesce(p.latency_ms * s.latency_keep + s.latency_add, s.latency_first)
         FROM step s WHERE p.agent_id = s.agent_id`,
      [storableJson(rows)],
    );
  }

  async close(agentId: string, until: Date): Promise<void> {
    await this.db.execute(`UPDATE agent_presence SET closed_until = $2 WHERE agent_id = $1`, [
      agentId,
      until,
    ]);
  }

  /** Of the whole installation: together they must not speak too often. */
  async countPresent(): Promise<number> {
    const [row] = await this.db.query<{ count: number }>(
      `SELECT count(*)::int AS count FROM agent WHERE status IN ('active', 'draining')`,
    );
    return row?.count ?? 0;
  }
}
