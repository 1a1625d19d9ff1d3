import { Injectable } from '@nestjs/common';
import { Database } from '@app/database';
import { type HeldTasks } from '../../agents';

/** An answer is on its way for a while after the lease began: what an agent does not name yet it may be about to hear of. */
const HEARD_AFTER_S = 15;
const TO_CANCEL_MAX = 100;

/** Of a pushed task the clock runs from when it was sent; one that was not sent yet cannot have been forgotten. */
const FORGOTTEN = `
  SELECT t.id AS "taskId", t.lease_gen AS "leaseGen"
    FROM jsonb_to_recordset($1::jsonb) AS said (agent_id uuid, held jsonb)
    JOIN task t ON t.assigned_agent = said.agent_id AND t.status = 'running'
    JOIN task_attempt a ON a.task_id = t.id AND a.lease_gen = t.lease_gen
    JOIN agent g ON g.id = t.assigned_agent
   WHERE NOT said.held ? t.id::text
     AND coalesce(a.accepted_at, a.pushed_at, CASE WHEN g.endpoints ->> 'task' IS NULL THEN a.started_at END)
         < now() - interval '${HEARD_AFTER_S} seconds'`;

/** What agents have to do, read for many of them at once. */
@Injectable()
export class WorkRows {
  constructor(private readonly db: Database) {}

  running(agentIds: readonly string[]): Promise<readonly { agentId: string; count: number }[]> {
    return this.db.query(
      `SELECT assigned_agent AS "agentId", count(*)::int AS count FROM task
        WHERE status = 'running' AND assigned_agent = ANY ($1::uuid[]) GROUP BY 1`,
      [agentIds],
    );
  }

  toCancel(agentIds: readonly string[]): Promise<readonly { agentId: string; ids: readonly string[] }[]> {
    return this.db.query(
      `SELECT assigned_agent AS "agentId", (array_agg(id::text ORDER BY cancel_requested_at, id))[1:${TO_CANCEL_MAX}] AS ids
         FROM task
        WHERE status = 'running' AND cancel_requested_at IS NOT NULL AND assigned_agent = ANY ($1::uuid[])
        GROUP BY 1`,
      [agentIds],
    );
  }

  forgotten(said: readonly HeldTasks[]): Promise<readonly { taskId: string; leaseGen: number }[]> {
    const given = said.map(({ agentId, taskIds }) => ({ agent_id: agentId, held: taskIds }));
    return this.db.query(FORGOTTEN, [JSON.stringify(given)]);
  }
}
