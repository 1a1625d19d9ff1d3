import { type LogLevel } from './task';

export interface LogLine {
  readonly attempt: number;
  /** By the monotonic clock of this process: only its age is ever stored. */
  readonly atMs: number;
  readonly level: LogLevel;
  readonly message: string;
}

/** What was said of one task since the last time it was stored. */
export interface TaskReport<Origin = unknown> {
  readonly taskId: string;
  readonly leaseGen: number;
  readonly progress?: number | undefined;
  readonly message?: string | undefined;
  readonly lines: readonly LogLine[];
  /** Who said it last. */
  readonly origin: Origin;
}

/** Gathers reports: of progress only the newest matters, of lines all. Full, it takes nothing more. */
export class ReportBuffer<Origin> {
  #reports = new Map<string, TaskReport<Origin>>();
  #lines = 0;

  constructor(
    private readonly tasksMax: number,
    private readonly linesMax: number,
  ) {}

  get size(): number {
    return this.#reports.size;
  }

  has(taskId: string): boolean {
    return this.#reports.has(taskId);
  }

  /** false: it is full. */
  add(report: TaskReport<Origin>): boolean {
    const before = this.#reports.get(report.taskId);
    if (before === undefined && this.#reports.size >= this.tasksMax) return false;
    if (this.#lines + report.lines.length > this.linesMax) return false;
    this.#put(before === undefined ? report : merged(before, report));
    return true;
  }

  /** The oldest, and at least one of them however long it is. */
  take(tasks: number, lines: number): readonly TaskReport<Origin>[] {
    const taken: TaskReport<Origin>[] = [];
    let count = 0;
    for (const report of this.#reports.values()) {
      count += report.lines.length;
      if (taken.length > 0 && (taken.length >= tasks || count > lines)) break;
      taken.push(report);
    }
    for (const { taskId, lines: own } of taken) {
      this.#reports.delete(taskId);
      this.#lines -= own.length;
    }
    return taken;
  }

  /** What could not be stored is older than what came since; for lines that do not fit any more, the newer ones are kept. */
  putBack(reports: readonly TaskReport<Origin>[]): void {
    for (const report of reports) {
      const since = this.#reports.get(report.taskId);
      const fits = this.#lines + report.lines.length <= this.linesMax;
      const kept = fits ? report : { ...report, lines: [] };
      this.#put(since === undefined ? kept : merged(kept, since));
    }
  }

  #put(report: TaskReport<Origin>): void {
    this.#lines += report.lines.length - (this.#reports.get(report.taskId)?.lines.length ?? 0);
    this.#reports.set(report.taskId, report);
  }
}

function merged<Origin>(older: TaskReport<Origin>, newer: TaskReport<Origin>): TaskReport<Origin> {
  const isSameLease = older.leaseGen === newer.leaseGen;
  return {
    ...newer,
    progress: newer.progress ?? (isSameLease ? older.progress : undefined),
    message: newer.message ?? (isSameLease ? older.message : undefined),
    lines: [...older.lines, ...newer.lines],
  };
}
