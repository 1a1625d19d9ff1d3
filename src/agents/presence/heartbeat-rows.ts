import { Injectable } from '@nestjs/common';
import { Database } from '@app/database';

/** As many as one row of a screen shows; also in the table's check (migration 2830). */
const HEARTBEATS_MAX = 90;
const KEPT_FROM = `greatest(cardinality(h.times) - ${String(HEARTBEATS_MAX - 2)}, 1)`;

/**
 * Part of a statement: one more heartbeat of each agent, the oldest falls out at the other end. `seconds`: whoever speaks more
 * often is noted so often only; what was missed is always noted, and what comes after that too.
 */
export const noteHeartbeats = (rows: string, seconds: string): string => `
  INSERT INTO agent_heartbeats AS h (agent_id, times, loads)
  SELECT agent_id, ARRAY[now()], ARRAY[load] FROM (${rows}) AS said ORDER BY agent_id
  ON CONFLICT (agent_id) DO UPDATE
     SET times = array_append(h.times[${KEPT_FROM}:], excluded.times[1]),
         loads = array_append(h.loads[${KEPT_FROM}:], excluded.loads[1])
   WHERE excluded.loads[1] IS NULL OR h.loads[cardinality(h.loads)] IS NULL
      OR h.times[cardinality(h.times)] <= now() - ${seconds} * interval '1 second'`;

export interface KeptHeartbeat {
  readonly at: Date;
  /** null: it did not come. */
  readonly load: number | null;
}

/** The newest heartbeats of agents, and those that were missed. */
@Injectable()
export class HeartbeatRows {
  constructor(private readonly db: Database) {}

  /** The oldest first. */
  of(agentId: string): Promise<readonly KeptHeartbeat[]> {
    return this.db.query<KeptHeartbeat>(
      `SELECT u.at, u.load FROM agent_heartbeats h, unnest(h.times, h.loads) WITH ORDINALITY AS u (at, load, place)
        WHERE h.agent_id = $1 ORDER BY u.place`,
      [agentId],
    );
  }
}
