import { Injectable } from '@nestjs/common';
import { Database, prepared } from '@app/database';
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

const COLUMNS = `
  t.id AS "taskId", t.lease_gen AS "leaseGen", t.type, t.payload, t.attempt, t.priority, t.capabilities,
  t.pipeline_mark AS "pipelineMark", t.stage_mark AS "stageMark", t.run_id AS "runId", t.lease_until AS "leaseUntil",
  t.run_deadline AS "runDeadline", t.created_at AS "createdAt", t.correlation_id AS "correlationId", t.traceparent`;

const HELD = prepared(`
  SELECT ${COLUMNS} FROM unnest($1::uuid[], $2::int[]) AS l (id, lease_gen)
    JOIN task t ON t.id = l.id AND t.lease_gen = l.lease_gen AND t.status = 'running'
   ORDER BY t.rank, t.id`);

/** In the order of ids, so that two never wait for each other. */
const TAKE = prepared(`
  WITH taken AS (
    DELETE FROM agent_ask WHERE id IN (SELECT id FROM agent_ask WHERE id = ANY ($1::uuid[]) ORDER BY id FOR UPDATE)
    RETURNING id, given
  )
  SELECT k.id AS "askId", g.task_id AS "givenId", g.lease_gen AS "givenGen", ${COLUMNS}
    FROM taken k CROSS JOIN LATERAL jsonb_to_recordset(k.given) AS g (task_id uuid, lease_gen int)
    LEFT JOIN task t ON t.id = g.task_id AND t.lease_gen = g.lease_gen AND t.status = 'running'
   ORDER BY t.rank, t.id`);

interface Given {
  readonly askId: string;
  readonly givenId: string;
  readonly givenGen: number;
}

type TakenRow = Given & (AnswerTask | { readonly taskId: null });

/** What questions were given, and reads it for their agents. */
@Injectable()
export class AnswerRows {
  constructor(private readonly db: Database) {}

  /** Those of the leases that still hold. */
  async held(leases: readonly HeldLease[]): Promise<readonly AnswerTask[]> {
    if (leases.length === 0) return [];
    return this.db.query<AnswerTask>(HELD, [
      leases.map(({ taskId }) => taskId),
      leases.map(({ leaseGen }) => leaseGen),
    ]);
  }

  /** What each was given; nobody is given anything by it afterwards. */
  async take(askIds: readonly string[]): Promise<ReadonlyMap<string, readonly AnswerTask[]>> {
    const rows = await this.db.query<TakenRow>(TAKE, [askIds]);
    const answers = new Map<string, AnswerTask[]>();
    for (const { askId, ...task } of [...rows.filter(isRead), ...(await this.late(rows))])
      answers.set(askId, [...(answers.get(askId) ?? []), task]);
    return answers;
  }

  /** What was given while the statement waited for the row of the question: it had looked at the tasks before. */
  private async late(rows: readonly TakenRow[]): Promise<readonly (AnswerTask & Given)[]> {
    const missing = new Map(rows.filter((row) => row.taskId === null).map((row) => [row.givenId, row]));
    const given = [...missing.values()];
    const held = await this.held(
      given.map(({ givenId: taskId, givenGen: leaseGen }) => ({ taskId, leaseGen })),
    );
    return held.flatMap((task) => {
      const row = missing.get(task.taskId);
      return row === undefined ? [] : [{ ...row, ...task }];
    });
  }
}

const isRead = (row: TakenRow): row is Given & AnswerTask => row.taskId !== null;
