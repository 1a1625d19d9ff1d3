import { Injectable } from '@nestjs/common';
import { Database } from '@app/database';
import { assertVersion, type ExpectedVersions } from '@app/http';
import { type Scope } from '@app/kernel';
import { EventAppender } from '@app/outbox';
import { DispatchBell } from '../dispatch/dispatch-bell';
import { type LimitKind, limitChanged, type TaskLimit } from './task-limit';
import { LIMITS_MAX, TaskLimitRows } from './task-limit-rows';
import { TaskLimitNotFoundError, TooManyTaskLimitsError } from './task-limits.errors';

interface Named {
  readonly kind: LimitKind;
  readonly name: string;
}

/** Sets and shows how many tasks of a type, or with a key, run at once. A lower limit ends nothing: it lets less begin. */
@Injectable()
export class TaskLimits {
  constructor(
    private readonly db: Database,
    private readonly rows: TaskLimitRows,
    private readonly events: EventAppender,
    private readonly bell: DispatchBell,
  ) {}

  list({ workspaceId }: Scope): Promise<readonly TaskLimit[]> {
    return this.rows.list(workspaceId);
  }

  put(
    { workspaceId }: Scope,
    { kind, name }: Named,
    maxRunning: number,
    expected: ExpectedVersions,
  ): Promise<TaskLimit> {
    const subject = { workspaceId, kind, name };
    return this.db.transaction(async () => {
      await this.rows.lock(workspaceId);
      const before = await this.rows.find(subject);
      assertVersion(expected, before?.version ?? 0);
      if (before === undefined && (await this.rows.count(workspaceId)) >= LIMITS_MAX)
        throw new TooManyTaskLimitsError(LIMITS_MAX);
      await this.rows.put(subject, maxRunning);
      await this.events.append([limitChanged(subject, before?.maxRunning ?? null, maxRunning)], {
        before: before && { maxRunning: before.maxRunning },
        after: { maxRunning },
      });
      this.ring();
      return this.found(subject, await this.rows.find(subject));
    });
  }

  async remove({ workspaceId }: Scope, { kind, name }: Named, expected: ExpectedVersions): Promise<void> {
    const subject = { workspaceId, kind, name };
    await this.db.transaction(async () => {
      await this.rows.lock(workspaceId);
      const before = this.found(subject, await this.rows.find(subject));
      assertVersion(expected, before.version);
      await this.rows.delete(subject);
      await this.events.append([limitChanged(subject, before.maxRunning, null)], {
        before: { maxRunning: before.maxRunning },
      });
      this.ring();
    });
  }

  private found({ kind, name }: Named, limit: TaskLimit | undefined): TaskLimit {
    if (limit === undefined) throw new TaskLimitNotFoundError(kind, name);
    return limit;
  }

  private ring(): void {
    this.db.afterCommit(() => {
      this.bell.ring();
    });
  }
}
