import { Injectable } from '@nestjs/common';
import { Database, prepared } from '@app/database';
import { type JsonValue } from '@app/kernel';
import { type QueuedTask } from '../matching/model';

const WAITS = `status IN ('pending', 'retrying')`;
const COLUMNS = `id, lane, workspace_id AS "workspaceId", type, concurrency_key AS "concurrencyKey", executor, capabilities,
  wanted_agent AS "wantedAgent", user_id AS "userId", key_id AS "keyId", agent_id AS "agentId",
  (extract(epoch FROM rank) * 1000)::float8 AS "rankMs", (extract(epoch FROM due_at) * 1000)::float8 AS "dueMs",
  lease_gen AS "leaseGen"`;
/** What is told of a task that is given out. */
const FACTS = `attempt, priority, pipeline_mark AS "pipelineMark", stage_mark AS "stageMark", run_id AS "runId",
  stage_run_id AS "stageRunId", correlation_id AS "correlationId", traceparent`;

/**
 * A part of a WITH RECURSIVE. From one lane to the next by the index, past everything that waits in between: as dear as there
 * are lanes, not tasks.
 */
export const HEADS = `
  head AS (
    (SELECT ${COLUMNS} FROM task WHERE ${WAITS} AND lane > $1 ORDER BY task.lane, rank, task.id LIMIT 1)
    UNION ALL
    SELECT next.* FROM head CROSS JOIN LATERAL (
      SELECT ${COLUMNS} FROM task WHERE ${WAITS} AND task.lane > head.lane ORDER BY task.lane, rank, task.id LIMIT 1
    ) AS next
  ), heads AS MATERIALIZED (SELECT * FROM head LIMIT $2)`;

/** Inside a lane the order of ranks is that of dues: what is due comes first. */
const FIRST_OF_EACH = prepared(`
  SELECT due.* FROM unnest($1::text[]) AS wanted (name) CROSS JOIN LATERAL (
    SELECT ${COLUMNS}, ${FACTS} FROM task WHERE ${WAITS} AND task.lane = wanted.name ORDER BY task.lane, rank, task.id LIMIT $2
  ) AS due`);

const ANY = prepared(`SELECT 1 AS one FROM task WHERE ${WAITS} ORDER BY lane, rank, id LIMIT 1`);

/** With all that is told of it once it is given out. */
export interface FoundTask extends QueuedTask {
  readonly attempt: number;
  readonly priority: string;
  readonly pipelineMark: string | null;
  readonly stageMark: JsonValue;
  readonly runId: string | null;
  readonly stageRunId: string | null;
  readonly correlationId: string;
  readonly traceparent: string | null;
}

/** What waits, seen by lanes. */
@Injectable()
export class QueueRows {
  constructor(private readonly db: Database) {}

  /** Asked every second by every worker: it touches one row at most. By the index, whatever the statistics say. */
  async isEmpty(): Promise<boolean> {
    const rows = await this.db.query(ANY);
    return rows.length === 0;
  }

  firstOfEach(lanes: readonly string[], mostOfEach: number): Promise<readonly FoundTask[]> {
    return this.db.query<FoundTask>(FIRST_OF_EACH, [lanes, mostOfEach]);
  }
}
