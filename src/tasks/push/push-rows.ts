import { Injectable } from '@nestjs/common';
import { Database } from '@app/database';
import { type HeldLease } from '../lifecycle/task-outcomes';

const SWEPT_MAX = 500;

export interface PushTarget extends HeldLease {
  readonly agentId: string;
}

/** Which leases have to be carried to their agents, and how far each of them came. */
@Injectable()
export class PushRows {
  constructor(private readonly db: Database) {}

  /** Once for each lease: whoever is answered sends it, and a second message finds it sent. */
  async begin(taskId: string): Promise<PushTarget | undefined> {
    const [row] = await this.db.query<PushTarget>(
      `UPDATE task_attempt a SET pushed_at = now() FROM task t
        WHERE t.id = $1 AND t.status = 'running' AND t.executor = 'agent' AND t.cancel_requested_at IS NULL
          AND a.task_id = t.id AND a.lease_gen = t.lease_gen AND a.agent_id IS NOT NULL
          AND a.pushed_at IS NULL AND a.accepted_at IS NULL AND a.ended_at IS NULL
       RETURNING a.task_id AS "taskId", a.lease_gen AS "leaseGen", a.agent_id AS "agentId"`,
      [taskId],
    );
    return row;
  }

  /** An agent that has the task and was not told yet that nobody wants it. */
  async toStop(taskId: string): Promise<PushTarget | undefined> {
    const [row] = await this.db.query<PushTarget>(
      `SELECT a.task_id AS "taskId", a.lease_gen AS "leaseGen", a.agent_id AS "agentId"
         FROM task t JOIN task_attempt a ON a.task_id = t.id AND a.lease_gen = t.lease_gen
        WHERE t.id = $1 AND t.status = 'running' AND t.cancel_requested_at IS NOT NULL
          AND a.pushed_at IS NOT NULL AND a.cancel_pushed_at IS NULL`,
      [taskId],
    );
    return row;
  }

  /** Nobody wants it, and it was never sent. */
  async unsent(taskId: string): Promise<readonly HeldLease[]> {
    return this.db.query<HeldLease>(
      `SELECT a.task_id AS "taskId", a.lease_gen AS "leaseGen"
         FROM task t JOIN task_attempt a ON a.task_id = t.id AND a.lease_gen = t.lease_gen
        WHERE t.id = $1 AND t.status = 'running' AND t.executor = 'agent' AND t.cancel_requested_at IS NOT NULL
          AND a.pushed_at IS NULL AND a.accepted_at IS NULL`,
      [taskId],
    );
  }

  async accepted({ taskId, leaseGen }: HeldLease): Promise<void> {
    await this.db.execute(
      `UPDATE task_attempt SET accepted_at = coalesce(accepted_at, now()) WHERE task_id = $1 AND lease_gen = $2`,
      [taskId, leaseGen],
    );
  }

  async stopped({ taskId, leaseGen }: HeldLease): Promise<void> {
    await this.db.execute(
      `UPDATE task_attempt SET cancel_pushed_at = now() WHERE task_id = $1 AND lease_gen = $2`,
      [taskId, leaseGen],
    );
  }

  /** Leases that nobody carried to whom they were given: the message was lost, or its reader. */
  undelivered(afterS: number): Promise<readonly HeldLease[]> {
    return this.silent('a.pushed_at IS NULL AND a.started_at', afterS);
  }

  /** Sent by a process that is gone: nobody waits for the answer any more, and nobody knows whether there is one. */
  unanswered(afterS: number): Promise<readonly HeldLease[]> {
    return this.silent('a.pushed_at', afterS);
  }

  private silent(since: string, afterS: number): Promise<readonly HeldLease[]> {
    return this.db.query<HeldLease>(
      `SELECT a.task_id AS "taskId", a.lease_gen AS "leaseGen"
         FROM task_attempt a JOIN task t ON t.id = a.task_id AND t.lease_gen = a.lease_gen AND t.status = 'running'
        WHERE a.accepted_at IS NULL AND a.ended_at IS NULL AND ${since} < now() - make_interval(secs => $1)
        ORDER BY a.started_at LIMIT ${SWEPT_MAX}`,
      [afterS],
    );
  }
}
