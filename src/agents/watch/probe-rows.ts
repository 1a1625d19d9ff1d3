import { Injectable } from '@nestjs/common';
import { Database } from '@app/database';

export interface DueProbe {
  readonly agentId: string;
  readonly url: string;
}

const ADDRESS = `coalesce(a.endpoints ->> 'health', a.endpoints ->> 'status')`;
/** When it was heard of or asked last. */
const TOLD_AT = `coalesce(greatest(p.last_heartbeat_at, p.probed_at), '-infinity')`;

/** Which agents are to be asked, and what came of it. */
@Injectable()
export class ProbeRows {
  constructor(private readonly db: Database) {}

  /** Until somebody is to be asked; undefined: nobody gives an address for it. */
  async dueMs(intervalS: number): Promise<number | undefined> {
    const [row] = await this.db.query<{ dueMs: number | null }>(
      `SELECT (extract(epoch FROM min(greatest(${TOLD_AT}, now() - interval '1 day')) - now()) * 1000)::float8 + $1 * 1000
              AS "dueMs"
         FROM agent_presence p JOIN agent a ON a.id = p.agent_id WHERE ${ADDRESS} IS NOT NULL`,
      [intervalS],
    );
    return row?.dueMs ?? undefined;
  }

  /**
   * Agents with an endpoint that neither spoke nor were asked for an interval; of whoever takes them first. Lost ones too:
   * an agent that only answers can come back in no other way.
   */
  take(intervalS: number, limit: number): Promise<readonly DueProbe[]> {
    return this.db.query<DueProbe>(
      `WITH due AS (
         SELECT p.agent_id, ${ADDRESS} AS url
           FROM agent_presence p JOIN agent a ON a.id = p.agent_id
          WHERE ${ADDRESS} IS NOT NULL
            AND ${TOLD_AT} < now() - $1::float8 * interval '1 second'
          ORDER BY p.agent_id LIMIT $2 FOR UPDATE OF p SKIP LOCKED
       )
       UPDATE agent_presence p SET probed_at = now() FROM due WHERE p.agent_id = due.agent_id
       RETURNING p.agent_id AS "agentId", due.url`,
      [intervalS, limit],
    );
  }

  async note(agentId: string, error: string | null): Promise<void> {
    await this.db.execute(
      `UPDATE agent_presence SET probe_error = $2 WHERE agent_id = $1 AND probe_error IS DISTINCT FROM $2`,
      [agentId, error],
    );
  }
}
