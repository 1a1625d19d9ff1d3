import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Database } from '@app/database';
import { StoredSettings } from '../../settings';

const RUN_EVERY_MS = 60_000;
const BATCH = 500;
/** One run ends after this many batches; the next one goes on. */
const BATCHES_MAX = 20;

/** Removes tasks that ended long ago, with what was tried and said of them; dead letters with them. */
@Injectable()
export class TaskRetention implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(TaskRetention.name);
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;

  constructor(
    private readonly db: Database,
    private readonly settings: StoredSettings,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => {
      this.running ??= this.runQuietly().finally(() => (this.running = undefined));
    }, RUN_EVERY_MS).unref();
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.running;
  }

  /** In small steps, so that no lock is held for long; what another process is removing is left to it. */
  async run(): Promise<number> {
    const days = this.settings.get('task_retention_days');
    let removed = 0;
    for (let batch = 0; batch < BATCHES_MAX; batch += 1) {
      const count = await this.db.execute(
        `DELETE FROM task WHERE id = ANY (ARRAY(
           SELECT id FROM task WHERE finished_at < now() - $1 * interval '1 day'
            ORDER BY finished_at LIMIT ${BATCH} FOR UPDATE SKIP LOCKED))`,
        [days],
      );
      removed += count;
      if (count < BATCH) break;
    }
    return removed;
  }

  private async runQuietly(): Promise<void> {
    try {
      await this.run();
    } catch (error) {
      this.logger.warn({ msg: 'Old tasks could not be removed; the next run goes on.', error });
    }
  }
}
