import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Database } from '@app/database';
import { StoredSettings } from '../../settings';

const RUN_EVERY_MS = 60_000;
/** A run may have a thousand stages, and they go with it. */
const BATCH = 50;
/** One look ends after this many batches; the next one goes on. */
const BATCHES_MAX = 40;

/** Inner runs go with their outer one, and not before: their stages are read from there. */
const REMOVE_RUNS = `
  DELETE FROM pipeline_run WHERE id = ANY (ARRAY(
    SELECT id FROM pipeline_run WHERE finished_at < now() - $1 * interval '1 day' AND parent_run_id IS NULL
     ORDER BY finished_at LIMIT ${BATCH} FOR UPDATE SKIP LOCKED))`;

/** Deleted, and kept only for the runs that it had. A day, so that a run that was just being written down is seen. */
const REMOVE_PIPELINES = `
  DELETE FROM pipeline p WHERE p.id = ANY (ARRAY(
    SELECT id FROM pipeline o WHERE o.archived_at < now() - interval '1 day'
       AND NOT EXISTS (SELECT FROM pipeline_run r WHERE r.pipeline_id = o.id)
     LIMIT ${BATCH} FOR UPDATE SKIP LOCKED))`;

/** Removes runs that ended long ago, with their stages; and deleted pipelines that have no run any more. */
@Injectable()
export class RunRetention implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(RunRetention.name);
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

  /** Answers how many runs went. In small steps; what another process is removing is left to it. */
  async run(): Promise<number> {
    const removed = await this.inBatches(REMOVE_RUNS, [this.settings.get('run_retention_days')]);
    await this.inBatches(REMOVE_PIPELINES, []);
    return removed;
  }

  private async inBatches(statement: string, values: readonly unknown[]): Promise<number> {
    let removed = 0;
    for (let batch = 0; batch < BATCHES_MAX; batch += 1) {
      const count = await this.db.execute(statement, values);
      removed += count;
      if (count < BATCH) break;
    }
    return removed;
  }

  private async runQuietly(): Promise<void> {
    try {
      await this.run();
    } catch (error) {
      this.logger.warn({ msg: 'Old runs could not be removed; the next look goes on.', error });
    }
  }
}
