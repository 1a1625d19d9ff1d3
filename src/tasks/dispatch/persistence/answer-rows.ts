import { Injectable } from '@nestjs/common';
import { Database } from '@app/database';
import { type JsonObject, type JsonValue } from '@app/kernel';
import { type HeldLease } from '../../lifecycle/task-outcomes';

/** A task as the agent that was given it sees it. */
export interface AnswerTask extends HeldLease {
  readonly type: string;
  readonly payload: JsonObject;
  readonly attempt: number;
  readonly priority: string;
  readonly capabilities: readonly string[];
  readonly pipelineMark: string | null;
  readonly stageMark: JsonValue;
  readonly runId: string | null;
  readonly leaseUntil: Date;
  readonly runDeadline: Date;
  readonly createdAt: Date;
  readonly correlationId: string;
  readonly traceparent: string | null;
}

/** Those of the leases that still hold. */
@Injectable()
export class AnswerRows {
  constructor(private readonly db: Database) {}

  held(leases: readonly HeldLease[]): Promise<readonly AnswerTask[]> {
    if (leases.length === 0) return Promise.resolve([]);
    return this.db.query<AnswerTask>(
      `SELECT t.id AS "taskId", t.lease_gen AS "leaseGen", t.type, t.payload, t.attempt, t.priority, t.capabilities,
              t.pipeline_mark AS "pipelineMark", t.stage_mark AS "stageMark", t.run_id AS "runId",
              t.lease_until AS "leaseUntil", t.run_deadline AS "runDeadline", t.created_at AS "createdAt",
              t.correlation_id AS "correlationId", t.traceparent
         FROM unnest($1::uuid[], $2::int[]) AS l (id, lease_gen)
         JOIN task t ON t.id = l.id AND t.lease_gen = l.lease_gen AND t.status = 'running'
        ORDER BY t.rank, t.id`,
      [leases.map(({ taskId }) => taskId), leases.map(({ leaseGen }) => leaseGen)],
    );
  }
}
