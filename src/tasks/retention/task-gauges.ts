import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Database } from '@app/database';
import { type Family, type Gauge, Metrics } from '@app/telemetry';

const READ_EVERY_MS = 15_000;
/** Those that are not over: their indexes hold no others, so that counting them costs no more than there are. */
const LIVE = ['pending', 'retrying', 'running'] as const;

/** How many tasks wait and run, counted now and then: a scrape asks nobody. */
@Injectable()
export class TaskGauges implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(TaskGauges.name);
  private readonly tasks: Family<Gauge>;
  private timer: NodeJS.Timeout | undefined;
  private reading: Promise<void> | undefined;

  constructor(
    private readonly db: Database,
    metrics: Metrics,
  ) {
    this.tasks = metrics.gauge('tasks', 'Tasks that are not over, by status.', { labels: ['status'] });
  }

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => {
      this.reading ??= this.read().finally(() => (this.reading = undefined));
    }, READ_EVERY_MS).unref();
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.reading;
  }

  private async read(): Promise<void> {
    try {
      const rows = await this.db.query<{ status: string; count: number }>(
        `SELECT status, count(*)::int AS count FROM task WHERE status IN ('pending', 'retrying') GROUP BY 1
         UNION ALL SELECT 'running', count(*)::int FROM task WHERE status = 'running'`,
      );
      const counts = new Map(rows.map(({ status, count }) => [status, count]));
      for (const status of LIVE) this.tasks.of(status).set(counts.get(status) ?? 0);
    } catch (error) {
      this.logger.debug(`tasks were not counted: ${String(error)}`);
    }
  }
}
