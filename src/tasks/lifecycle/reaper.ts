import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Database } from '@app/database';
import { LookOut } from '@app/outbox';
import { PubSub } from '@app/queues';
import { requestContext, systemScope } from '@app/telemetry';
import { overdue } from '../domain/overdue';
import { type DueTask, ReaperRows } from '../persistence/reaper-rows';
import { type Happened, TaskChanges } from './task-changes';

const BATCH = 200;
/** One look ends after this many batches; the next one goes on. */
const BATCHES_MAX = 50;

/**
 * Ends what has run out: leases, runs, waiting, all of it, and the patience with those who were asked to end. Several may
 * run beside each other: each takes what the others do not hold. Only the database's clock counts.
 */
@Injectable()
export class TaskReaper implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(TaskReaper.name);
  private readonly lookOut: LookOut;

  constructor(
    private readonly db: Database,
    private readonly rows: ReaperRows,
    private readonly changes: TaskChanges,
    pubsub: PubSub,
  ) {
    this.lookOut = new LookOut({
      ...{ name: 'task-reaper', pubsub, look: () => this.lookIfDue() },
      onFailure: (error) => {
        this.logger.warn({ msg: 'Tasks could not be reaped.', error });
      },
    });
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.lookOut.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.lookOut.stop();
  }

  /** How many it ended. */
  look(): Promise<number> {
    return requestContext.run(systemScope('task-reaper'), async () => {
      const due = await this.reap((limit) => this.rows.due(limit));
      return due + (await this.reap((limit) => this.rows.orphaned(limit)));
    });
  }

  private async reap(find: (limit: number) => Promise<readonly DueTask[]>): Promise<number> {
    let ended = 0;
    for (let batch = 0; batch < BATCHES_MAX; batch += 1) {
      const [found, changed] = await this.db.transaction(() => this.reapBatch(find));
      ended += changed;
      if (found < BATCH) break;
    }
    return ended;
  }

  private async reapBatch(
    find: (limit: number) => Promise<readonly DueTask[]>,
  ): Promise<readonly [number, number]> {
    const tasks = await find(BATCH);
    const held: string[] = [];
    const scope = requestContext.get();
    const happened = tasks.flatMap((task): readonly Happened[] => {
      const happening = overdue(task);
      if (happening === 'renew') held.push(task.id);
      return happening === undefined || happening === 'renew' ? [] : [{ task, happening, scope }];
    });
    await this.rows.renew(held);
    await this.changes.apply(happened);
    return [tasks.length, happened.length];
  }

  /** Deadlines are known before; that an agent is gone is told by an event. */
  private async lookIfDue(): Promise<number | undefined> {
    const { dueMs, isAnyOrphaned } = await this.rows.outlook();
    if (!isAnyOrphaned && (dueMs === null || dueMs > 0)) return dueMs ?? undefined;
    await this.look();
    return 0;
  }
}
