import { type ApiClient } from './api-client';
import { type AgentOptions } from './options';
import { type GivenTask } from './task-context';
import { type StopReason, TaskRun } from './task-run';

type WorkOptions = Pick<AgentOptions, 'tasks'> & {
  readonly concurrency: number;
  readonly log: (line: string) => void;
};

/** The tasks that run now. */
export class Workbench {
  private readonly runs = new Map<string, { readonly run: TaskRun; readonly done: Promise<void> }>();
  private readonly givenUp = new AbortController();
  private waiters: (() => void)[] = [];

  constructor(
    private readonly api: ApiClient,
    private readonly options: WorkOptions,
  ) {}

  get free(): number {
    return Math.max(this.options.concurrency - this.runs.size, 0);
  }

  get load(): number {
    return Math.min(this.runs.size / this.options.concurrency, 1);
  }

  get taskIds(): readonly string[] {
    return [...this.runs.keys()];
  }

  /** A newer lease of the same task ends the older one: that one's token is worth nothing any more. */
  begin(task: GivenTask): void {
    this.stop([task.task_id], 'lost');
    const run = new TaskRun(this.api, task, this.options);
    const done = run.run(this.givenUp.signal).finally(() => {
      if (this.runs.get(task.task_id)?.run === run) this.runs.delete(task.task_id);
      this.wake();
    });
    this.runs.set(task.task_id, { run, done });
  }

  stop(taskIds: readonly string[], reason: StopReason): void {
    for (const id of taskIds) this.runs.get(id)?.run.stop(reason);
  }

  /** Until there is room, or the signal says that none is needed. */
  room(signal: AbortSignal): Promise<void> {
    if (this.free > 0 || signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      this.waiters.push(resolve);
      signal.addEventListener(
        'abort',
        () => {
          resolve();
        },
        { once: true },
      );
    });
  }

  /** Until all are done; those that take longer are stopped, and what they cannot tell in time is given up. */
  async end(graceMs: number, lastMs: number): Promise<void> {
    const all = (): Promise<unknown> => Promise.all([...this.runs.values()].map(({ done }) => done));
    if (await isWithin(graceMs, all())) return;
    this.stop(this.taskIds, 'stopping');
    if (await isWithin(lastMs, all())) return;
    this.givenUp.abort(new Error('stopping'));
  }

  private wake(): void {
    const waiters = this.waiters;
    this.waiters = [];
    for (const waiter of waiters) waiter();
  }
}

async function isWithin(limitMs: number, work: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<false>((resolve) => {
    timer = setTimeout(() => {
      resolve(false);
    }, limitMs);
  });
  const isDone = await Promise.race([work.then(() => true), limit]);
  clearTimeout(timer);
  return isDone;
}
