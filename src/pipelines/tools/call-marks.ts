import { Injectable } from '@nestjs/common';
import { Database } from '@app/database';
import { type LeasedTask } from '../../tasks';

/** Remembers, across the death of a process, that a call left and that its answer has not been seen. */
@Injectable()
export class CallMarks {
  constructor(private readonly db: Database) {}

  /** false: it left once before, nobody knows what became of that, and it may not be made twice. */
  async set({ taskId, stageRunId }: LeasedTask, isRepeatable: boolean): Promise<boolean> {
    const marked = await this.db.execute(
      `UPDATE stage_attempt SET call_begun_at = now()
        WHERE stage_run_id = $1 AND task_id = $2 AND (call_begun_at IS NULL OR $3::boolean)`,
      [stageRunId, taskId, isRepeatable],
    );
    return marked > 0;
  }

  /** It provably had no effect. */
  async clear({ taskId, stageRunId }: LeasedTask): Promise<void> {
    await this.db.execute(
      `UPDATE stage_attempt SET call_begun_at = NULL WHERE stage_run_id = $1 AND task_id = $2`,
      [stageRunId, taskId],
    );
  }
}
