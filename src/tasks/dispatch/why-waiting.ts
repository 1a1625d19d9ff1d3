import { Injectable } from '@nestjs/common';
import { Database } from '@app/database';
import { type QueuedTask } from './matching/model';
import { type WaitingReason, waitingReason } from './matching/waiting-reason';
import { Situations } from './situations';

/** Says of tasks in the queue what they wait for. Never stored: it is true at the moment it is asked. */
@Injectable()
export class WhyWaiting {
  constructor(
    private readonly db: Database,
    private readonly situations: Situations,
  ) {}

  /** Of each task, also of many: what is the same for a lane is found out once. */
  async explain(tasks: readonly QueuedTask[]): Promise<ReadonlyMap<string, WaitingReason>> {
    if (tasks.length === 0) return new Map();
    const nowMs = await this.now();
    const situation = await this.situations.of(tasks, await this.situations.everybody(tasks, nowMs), nowMs);
    const ofLanes = new Map<string, WaitingReason>();
    return new Map(
      tasks.map((task) => {
        if (task.dueMs > situation.nowMs) return [task.id, waitingReason(task, situation)];
        const known = ofLanes.get(task.lane) ?? waitingReason(task, situation);
        ofLanes.set(task.lane, known);
        return [task.id, known];
      }),
    );
  }

  private async now(): Promise<number> {
    const [row] = await this.db.query<{ now: number }>(
      `SELECT (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS now`,
    );
    return row?.now ?? 0;
  }
}
