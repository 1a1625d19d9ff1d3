import { Injectable } from '@nestjs/common';
import { Database } from '@app/database';
import { type Scope } from '@app/kernel';
import { requestContext } from '@app/telemetry';
import { ChangeRows } from '../persistence/change-rows';
import { TaskChanges } from './task-changes';

/** What waits is cancelled at once; whoever runs a task is told, and has a while to end it. */
@Injectable()
export class TaskCancellation {
  constructor(
    private readonly db: Database,
    private readonly rows: ChangeRows,
    private readonly changes: TaskChanges,
  ) {}

  /** Joins the transaction that is open. What has ended, or was asked to end before, stays as it is. */
  async cancel({ workspaceId }: Scope, taskIds: readonly string[], reason: string): Promise<void> {
    if (taskIds.length === 0) return;
    await this.db.transaction(async () => {
      const scope = requestContext.get();
      const locked = await this.rows.lock(workspaceId, taskIds);
      await this.changes.apply(
        locked.map((task) => ({ task, happening: { kind: 'cancelled', reason }, scope })),
      );
    });
  }
}
