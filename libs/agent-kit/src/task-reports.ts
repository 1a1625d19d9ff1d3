import { type ApiClient } from './api-client';
import { type GivenTask, type LogLevel } from './task-context';

interface Line {
  readonly level: LogLevel;
  readonly message: string;
}

interface ReportAnswer {
  readonly cancel: boolean;
}

const TELL_EVERY_MS = 500;
const LINES_AT_ONCE = 200;
/** Lines that wait while the control plane is away; the newest are kept. */
const LINES_MAX = 5_000;

/** Progress and lines of one task, told together every half second. What cannot be told now is told with the next. */
export class TaskReports {
  private lines: Line[] = [];
  private newest: { progress: number; message?: string } | undefined;
  private timer: NodeJS.Timeout | undefined;
  private telling: Promise<void> = Promise.resolve();

  constructor(
    private readonly api: ApiClient,
    private readonly task: GivenTask,
    /** An answer said that the task is to stop. */
    private readonly onCancel: () => void,
  ) {}

  progress(share: number, message?: string): void {
    const progress = Math.min(Math.max(Number.isFinite(share) ? share : 0, 0), 1);
    this.newest = { progress, ...(message === undefined ? {} : { message }) };
    this.plan();
  }

  log(message: string, level: LogLevel): void {
    this.lines.push({ level, message });
    if (this.lines.length > LINES_MAX) this.lines.splice(0, this.lines.length - LINES_MAX);
    this.plan();
  }

  /** Tells what waits; before the task ends, so that its log is whole. */
  async flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.telling = this.telling.then(() => this.tell());
    await this.telling;
  }

  private plan(): void {
    this.timer ??= setTimeout(() => {
      void this.flush();
    }, TELL_EVERY_MS);
  }

  /** Never rejects: whether the task ends well does not hang on its log. */
  private async tell(): Promise<void> {
    const { task_id: id, lease_token } = this.task;
    try {
      if (this.newest !== undefined) {
        const said = this.newest;
        this.newest = undefined;
        this.heed(
          await this.api.post<ReportAnswer>(`/api/v1/tasks/${id}/progress`, { lease_token, ...said }),
        );
      }
      while (this.lines.length > 0) {
        const entries = this.lines.slice(0, LINES_AT_ONCE);
        this.heed(await this.api.post<ReportAnswer>(`/api/v1/tasks/${id}/logs`, { lease_token, entries }));
        this.lines.splice(0, entries.length);
      }
    } catch {
      // Heartbeats and the end of the task find out what is wrong; lines that were not taken are still here.
    }
  }

  private heed({ body }: { readonly body: ReportAnswer }): void {
    if (body.cancel) this.onCancel();
  }
}
