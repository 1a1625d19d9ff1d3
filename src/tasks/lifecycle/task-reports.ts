import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Database, isDatabaseUnavailable } from '@app/database';
import { EventAppender } from '@app/outbox';
import { Gather } from '@app/resilience';
import { requestContext, type RequestScope } from '@app/telemetry';
import { type LogLine, ReportBuffer, type TaskReport } from '../domain/report-buffer';
import { MAX_BATCH, MAX_LOG_LINES } from '../domain/task';
import { taskEvent } from '../domain/task.events';
import { TasksBusyError } from '../domain/task.errors';
import { type Held } from '../persistence/change-rows';
import { type HeldReport, ReportRows } from '../persistence/report-rows';

const FLUSH_EVERY_MS = 500;
const TASKS_MAX = 20_000;
const LINES_MAX = 50_000;
const LINES_PER_FLUSH = 5_000;
const WAITING_MAX = 10_000;

type Origin = RequestScope | undefined;
type Said = Pick<LogLine, 'level' | 'message'>;

/** Takes what is said of running tasks, and stores it twice a second: of many reports of progress the newest only. */
@Injectable()
export class TaskReports implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(TaskReports.name);
  private readonly buffer = new ReportBuffer<Origin>(TASKS_MAX, LINES_MAX);
  private readonly checks: Gather<Held, HeldReport | undefined>;
  private timer: NodeJS.Timeout | undefined;
  private flushing: Promise<void> | undefined;

  constructor(
    private readonly db: Database,
    private readonly rows: ReportRows,
    private readonly events: EventAppender,
  ) {
    this.checks = new Gather({
      ...{ maxBatch: MAX_BATCH, maxWaiting: WAITING_MAX, isShared: () => true },
      run: (leases) => this.check(leases),
      refusal: () => new TasksBusyError(),
    });
  }

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.flushQuietly(), FLUSH_EVERY_MS).unref();
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.flushQuietly();
  }

  /** undefined: the lease does not count any more, and nothing was taken. */
  async progress(lease: Held, progress: number, message?: string): Promise<HeldReport | undefined> {
    const held = await this.checks.add(lease);
    if (held !== undefined) this.take({ ...held, progress, message, lines: [] });
    return held;
  }

  /** Answers also how many of the lines there is room for. */
  async log(
    lease: Held,
    entries: readonly Said[],
  ): Promise<(HeldReport & { readonly accepted: number }) | undefined> {
    const held = await this.checks.add(lease);
    if (held === undefined) return undefined;
    const accepted = Math.max(0, Math.min(entries.length, MAX_LOG_LINES - held.logLines));
    const place = { attempt: held.attempt, atMs: performance.now() };
    this.take({ ...held, lines: entries.slice(0, accepted).map((entry) => ({ ...place, ...entry })) });
    return { ...held, accepted };
  }

  /** Before a task ends: who reads it afterwards finds all that was said of it here. */
  async settle(taskId: string): Promise<void> {
    if (this.buffer.has(taskId) || this.flushing !== undefined) await this.flushQuietly();
  }

  /** Stores what is there, batch after batch; one at a time, so that lines keep their order. */
  async flush(): Promise<void> {
    this.flushing ??= this.flushAll().finally(() => (this.flushing = undefined));
    await this.flushing;
  }

  private take(report: Omit<TaskReport<Origin>, 'origin'>): void {
    const { taskId, leaseGen, progress, message, lines } = report;
    const origin = requestContext.get();
    if (!this.buffer.add({ taskId, leaseGen, progress, message, lines, origin })) throw new TasksBusyError();
  }

  private async check(leases: readonly Held[]): Promise<readonly (HeldReport | undefined)[]> {
    const held = new Map((await this.rows.held(leases)).map((row) => [keyOf(row), row]));
    return leases.map((lease) => held.get(keyOf(lease)));
  }

  private async flushAll(): Promise<void> {
    while (this.buffer.size > 0) {
      const reports = this.buffer.take(MAX_BATCH, LINES_PER_FLUSH);
      try {
        await this.store(reports);
      } catch (error) {
        if (isDatabaseUnavailable(error)) this.buffer.putBack(reports);
        throw error;
      }
    }
  }

  private async store(reports: readonly TaskReport<Origin>[]): Promise<void> {
    await this.db.transaction(async () => {
      const origins = new Map(reports.map(({ taskId, origin }) => [taskId, origin]));
      const told = (await this.rows.store(reports)).filter(({ hasProgressed }) => hasProgressed);
      await this.events.appendEach(
        told.map((task) => ({
          event: taskEvent('progressed', task, task.now, { message: task.message }),
          ...{ scope: origins.get(task.id), workspaceId: task.workspaceId, audit: false },
        })),
      );
    });
  }

  private async flushQuietly(): Promise<void> {
    try {
      await this.flush();
    } catch (error) {
      this.logger.warn({ msg: 'What agents said of their tasks could not be stored yet.', error });
    }
  }
}

const keyOf = ({ taskId, leaseGen }: { readonly taskId: string; readonly leaseGen: number }): string =>
  `${taskId}|${leaseGen}`;
