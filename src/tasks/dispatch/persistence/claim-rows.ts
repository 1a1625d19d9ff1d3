import { Injectable } from '@nestjs/common';
import { Database, prepared } from '@app/database';
import { type AppendEntry, appending, EventAppender } from '@app/outbox';
import { LEASE_TERM_S } from '../../domain/task';
import { type Assignment } from '../matching/model';

/**
 * Everything that giving out writes, in one statement. Who has withdrawn meanwhile is given nothing, and what was cancelled
 * meanwhile is given to nobody: only what is claimed has an attempt and stands in an answer.
 */
const CLAIM = prepared(`
  WITH chosen AS MATERIALIZED (
    SELECT * FROM jsonb_to_recordset($1::jsonb) AS c (
      id uuid, lease_gen int, agent_id uuid, agent_name text, ask_id uuid, candidates jsonb)
  ), listening AS MATERIALIZED (
    SELECT id FROM agent_ask WHERE id IN (SELECT ask_id FROM chosen) AND given = '[]' ORDER BY id FOR UPDATE
  ), claimed AS (
    UPDATE task t SET status = 'running', attempt = t.attempt + 1, lease_gen = t.lease_gen + 1, assigned_agent = c.agent_id,
           lease_until = now() + interval '${LEASE_TERM_S} s', run_deadline = now() + make_interval(secs => t.timeout_s),
           started_at = now(), updated_at = now(), progress = 0, progress_message = NULL, row_version = t.row_version + 1
      FROM chosen c
     WHERE t.id = c.id AND t.lease_gen = c.lease_gen AND t.status IN ('pending', 'retrying')
       AND (c.ask_id IS NULL OR c.ask_id IN (SELECT id FROM listening))
    RETURNING t.id, t.attempt, t.assigned_agent, t.lease_gen, c.agent_name, c.ask_id, c.candidates
  ), tried AS (
    INSERT INTO task_attempt (task_id, lease_gen, attempt, agent_id, agent_name, candidates, accepted_at)
    SELECT id, lease_gen, attempt, assigned_agent, agent_name, candidates, CASE WHEN ask_id IS NOT NULL THEN now() END FROM claimed
  ), answered AS (
    UPDATE agent_ask a SET given = g.given
      FROM (SELECT ask_id, jsonb_agg(jsonb_build_object('task_id', id, 'lease_gen', lease_gen)) AS given
              FROM claimed WHERE ask_id IS NOT NULL GROUP BY ask_id) AS g
     WHERE a.id = g.ask_id
  ), ${appending('$2', 'aggregate_id IN (SELECT id::text FROM claimed)')}
  SELECT id FROM claimed`);

@Injectable()
export class ClaimRows {
  constructor(
    private readonly db: Database,
    private readonly events: EventAppender,
  ) {}

  /** With what is told of each; answers which could be given out. */
  async claim(
    assignments: readonly Assignment[],
    told: readonly AppendEntry[],
  ): Promise<ReadonlySet<string>> {
    const chosen = assignments.map(({ task, agentId, agentName, askId, candidates }) => ({
      ...{ id: task.id, lease_gen: task.leaseGen, agent_id: agentId, agent_name: agentName, ask_id: askId },
      candidates: candidates.map(({ agentId: id, agentName: name, score, parts }) => ({
        ...{ agent_id: id, agent_name: name, score, parts },
      })),
    }));
    const rows = await this.db.query<{ id: string }>(CLAIM, [
      JSON.stringify(chosen),
      this.events.handOver(told),
    ]);
    return new Set(rows.map(({ id }) => id));
  }
}
