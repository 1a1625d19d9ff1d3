import { Injectable } from '@nestjs/common';
import { Database } from '@app/database';
import { type Scope } from '@app/kernel';
import { type RetriedTask } from '../domain/retry';
import { DEAD_FILTER, type DeadFilter, deadParams } from '../queries/dead-letters';

const COLUMNS = `
  t.id, t.status, t.type, t.payload, t.pipeline_mark AS "pipelineMark", t.stage_mark AS "stageMark", t.run_id AS "runId",
  t.executor, t.capabilities, t.wanted_agent AS "wantedAgent", t.concurrency_key AS "concurrencyKey", t.priority,
  t.retry_count AS "retryCount", t.timeout_s AS "timeoutS", t.queue_timeout_s AS "queueTimeoutS",
  t.total_timeout_s AS "totalTimeoutS", t.retried_as AS "retriedAs"`;

/** Tasks that are to be tried again, locked: of two who try the second finds that it was done. */
@Injectable()
export class RetryRows {
  constructor(private readonly db: Database) {}

  byIds({ workspaceId }: Scope, ids: readonly string[]): Promise<readonly RetriedTask[]> {
    return this.db.query<RetriedTask>(
      `SELECT ${COLUMNS} FROM task t WHERE t.workspace_id = $1 AND t.id = ANY ($2::uuid[]) ORDER BY t.id FOR UPDATE OF t`,
      [workspaceId, ids],
    );
  }

  /** The oldest first; stages of runs are their runs' to try again. */
  dead(scope: Scope, filter: DeadFilter, limit: number): Promise<readonly RetriedTask[]> {
    return this.db.query<RetriedTask>(
      `SELECT ${COLUMNS} FROM task t WHERE ${DEAD_FILTER} AND t.run_id IS NULL
        ORDER BY t.finished_at, t.id LIMIT $5 FOR UPDATE OF t SKIP LOCKED`,
      [...deadParams(scope, filter), limit],
    );
  }

  /** Which tasks these are repetitions of, in the order of the ids. */
  madeAs(ids: readonly string[]): Promise<readonly { readonly id: string; readonly retriedAs: string }[]> {
    return this.db.query(
      `SELECT t.retry_of AS id, t.id AS "retriedAs" FROM unnest($1::uuid[]) WITH ORDINALITY AS made (id, place)
         JOIN task t ON t.id = made.id WHERE t.retry_of IS NOT NULL ORDER BY made.place`,
      [ids],
    );
  }

  async remember(pairs: readonly { readonly id: string; readonly retriedAs: string }[]): Promise<void> {
    await this.db.execute(
      `UPDATE task t SET retried_as = p.retried_as, updated_at = now(), row_version = t.row_version + 1
         FROM unnest($1::uuid[], $2::uuid[]) AS p (id, retried_as) WHERE t.id = p.id`,
      [pairs.map(({ id }) => id), pairs.map(({ retriedAs }) => retriedAs)],
    );
  }
}
