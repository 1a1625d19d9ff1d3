import { Injectable } from '@nestjs/common';
import { Database } from '@app/database';
import { type JsonValue } from '@app/kernel';
import { LEASE_TERM_S } from '../../domain/task';
import { type Assignment } from '../matching/model';

/** A task as it is once it was given out. */
export interface ClaimedTask {
  readonly id: string;
  readonly workspaceId: string;
  readonly type: string;
  readonly attempt: number;
  readonly priority: string;
  readonly pipelineMark: string | null;
  readonly stageMark: JsonValue;
  readonly runId: string | null;
  readonly stageRunId: string | null;
  readonly assignedAgent: string | null;
  readonly executor: string;
  readonly leaseGen: number;
  readonly agentName: string | null;
  readonly askId: string | null;
  readonly correlationId: string;
  readonly traceparent: string | null;
  /** How long it was due already. */
  readonly waitedS: number;
}

/**
 * Everything that giving out writes, in one statement. Who has withdrawn meanwhile is given nothing, and what was cancelled
 * meanwhile is given to nobody: only what is claimed has an attempt and stands in an answer.
 */
const CLAIM = `
  WITH chosen AS MATERIALIZED (
    SELECT * FROM jsonb_to_recordset($1::jsonb) AS c (
      id uuid, lease_gen int, agent_id uuid, agent_name text, ask_id uuid, candidates jsonb, waited_s float8)
  ), listening AS MATERIALIZED (
    SELECT id FROM agent_ask WHERE id IN (SELECT ask_id FROM chosen) AND given = '[]' ORDER BY id FOR UPDATE
  ), claimed AS (
    UPDATE task t SET status = 'running', attempt = t.attempt + 1, lease_gen = t.lease_gen + 1, assigned_agent = c.agent_id,
           lease_until = now() + interval '${LEASE_TERM_S} s', run_deadline = now() + make_interval(secs => t.timeout_s),
           started_at = now(), updated_at = now(), progress = 0, progress_message = NULL, row_version = t.row_version + 1
      FROM chosen c
     WHERE t.id = c.id AND t.lease_gen = c.lease_gen AND t.status IN ('pending', 'retrying')
       AND (c.ask_id IS NULL OR c.ask_id IN (SELECT id FROM listening))
    RETURNING t.id, t.workspace_id, t.type, t.attempt, t.priority, t.pipeline_mark, t.stage_mark, t.run_id, t.stage_run_id,
              t.assigned_agent, t.executor, t.lease_gen, t.correlation_id, t.traceparent,
              c.agent_name, c.ask_id, c.candidates, c.waited_s
  ), tried AS (
    INSERT INTO task_attempt (task_id, lease_gen, attempt, agent_id, agent_name, candidates, accepted_at)
    SELECT id, lease_gen, attempt, assigned_agent, agent_name, candidates, CASE WHEN ask_id IS NOT NULL THEN now() END FROM claimed
  ), answered AS (
    UPDATE agent_ask a SET given = g.given
      FROM (SELECT ask_id, jsonb_agg(jsonb_build_object('task_id', id, 'lease_gen', lease_gen)) AS given
              FROM claimed WHERE ask_id IS NOT NULL GROUP BY ask_id) AS g
     WHERE a.id = g.ask_id
  )
  SELECT id, workspace_id AS "workspaceId", type, attempt, priority, pipeline_mark AS "pipelineMark", stage_mark AS "stageMark",
         run_id AS "runId", stage_run_id AS "stageRunId", assigned_agent AS "assignedAgent", executor, lease_gen AS "leaseGen",
         agent_name AS "agentName", ask_id AS "askId", correlation_id AS "correlationId", traceparent, waited_s AS "waitedS"
    FROM claimed`;

@Injectable()
export class ClaimRows {
  constructor(private readonly db: Database) {}

  claim(assignments: readonly Assignment[], nowMs: number): Promise<readonly ClaimedTask[]> {
    const chosen = assignments.map(({ task, agentId, agentName, askId, candidates }) => ({
      ...{ id: task.id, lease_gen: task.leaseGen, agent_id: agentId, agent_name: agentName, ask_id: askId },
      candidates: candidates.map(({ agentId: id, agentName: name, score, parts }) => ({
        ...{ agent_id: id, agent_name: name, score, parts },
      })),
      waited_s: Math.max(0, nowMs - task.dueMs) / 1_000,
    }));
    return this.db.query<ClaimedTask>(CLAIM, [JSON.stringify(chosen)]);
  }
}
