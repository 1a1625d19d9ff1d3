import { type ApiClient, ApiError } from './api-client';
import { type Json } from './json';
import { type AgentOptions, TaskFailure, type TaskHandler } from './options';
import { insist } from './patience';
import { type GivenTask, type TaskContext } from './task-context';
import { TaskReports } from './task-reports';

/** Why a task is stopped before its handler is done. */
export type StopReason = 'cancelled' | 'lost' | 'stopping';

type Ending =
  | { readonly result: Json }
  | { readonly error: { readonly code: string; readonly message: string }; readonly retryable: boolean }
  /** Not done: the attempt does not count. */
  | 'handed_back';

const MESSAGE_MAX = 4_000;
const CODE = /^[A-Za-z0-9_.:-]{1,64}$/;

/** One task from its handler to its end. */
export class TaskRun {
  private readonly aborter = new AbortController();
  private reason: StopReason | undefined;
  private readonly reports: TaskReports;

  constructor(
    private readonly api: ApiClient,
    readonly task: GivenTask,
    private readonly options: Pick<AgentOptions, 'tasks'> & { readonly log: (line: string) => void },
  ) {
    this.reports = new TaskReports(api, task, () => {
      this.stop('cancelled');
    });
  }

  /** The handler hears of it by its signal; the first reason counts. */
  stop(reason: StopReason): void {
    this.reason ??= reason;
    this.aborter.abort(new Error(reason));
  }

  /** Never rejects. Tells how it ended until the control plane has taken it, or `given up` says that nobody waits any more. */
  async run(givenUp: AbortSignal): Promise<void> {
    const ending = await this.perform();
    await this.reports.flush();
    if (this.reason === 'lost') return;
    try {
      await insist(() => this.tell(ending), { signal: givenUp, onTrouble: this.complain });
    } catch (error) {
      // Somebody else has it by now, or it is over: there is nobody to tell.
      if (error instanceof ApiError && error.status === 409) return;
      this.complain(error);
    }
  }

  private readonly complain = (error: unknown): void => {
    this.options.log(`The end of task ${this.task.task_id} is not told: ${wordsOf(error)}`);
  };

  private async perform(): Promise<Ending> {
    try {
      const handler = handlerFor(this.options.tasks, this.task.type);
      return { result: (await handler(this.context())) ?? null };
    } catch (error) {
      return this.failureOf(error);
    }
  }

  private failureOf(error: unknown): Ending {
    if (this.reason === 'cancelled') return failure('cancelled', 'It was cancelled.', false);
    if (this.reason === 'stopping') return 'handed_back';
    const words = wordsOf(error);
    if (!(error instanceof TaskFailure)) return failure('handler_failed', words, true);
    return failure(CODE.test(error.code) ? error.code : 'handler_failed', words, error.isRetryable);
  }

  private async tell(ending: Ending): Promise<void> {
    const { task_id: id, lease_token } = this.task;
    if (ending === 'handed_back') {
      await this.api.post(`/api/v1/tasks/${id}/hand-back`, { lease_token });
      return;
    }
    const verb = 'result' in ending ? 'complete' : 'fail';
    await this.api.post(`/api/v1/tasks/${id}/${verb}`, { lease_token, ...ending });
  }

  private context(): TaskContext {
    const { task_id: id, type, payload, attempt } = this.task;
    return {
      ...{ id, type, payload, attempt, signal: this.aborter.signal },
      progress: (share, message) => {
        this.reports.progress(share, message);
      },
      log: (message, level = 'info') => {
        this.reports.log(message, level);
      },
    };
  }
}

const failure = (code: string, message: string, retryable: boolean): Ending => ({
  error: { code, message: message.slice(0, MESSAGE_MAX) },
  retryable,
});

export const wordsOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** A type that nobody here knows is no better known at the next try. */
function handlerFor(tasks: AgentOptions['tasks'], type: string): TaskHandler {
  if (typeof tasks === 'function') return tasks;
  const handler = Object.hasOwn(tasks, type) ? tasks[type] : tasks['*'];
  if (handler === undefined) throw new TaskFailure('type_unknown', `This agent does no ${type}.`, false);
  return handler;
}
