import { Injectable } from '@nestjs/common';
import { Database } from '@app/database';
import { isUuid } from '@app/kernel';
import { type Principal } from '@app/telemetry';
import { LeaseLostError } from '../domain/lease.errors';
import { isFinished, type TaskStatus } from '../domain/task';
import { TaskNotFoundError } from '../domain/task.errors';
import { type Held } from '../persistence/change-rows';
import { LeaseTokens } from './lease-tokens';

type Worker = Pick<Principal, 'workspaceId' | 'agentId'>;

/** Reads what somebody shows who says that they hold a task, and finds words for those who do not. */
@Injectable()
export class LeaseGate {
  constructor(
    private readonly db: Database,
    private readonly tokens: LeaseTokens,
  ) {}

  /** undefined: the token is none of this task. Whether it still counts is known to the statement that uses it. */
  read({ workspaceId, agentId }: Worker, taskId: string, token: string): Held | undefined {
    const leaseGen = isUuid(taskId) ? this.tokens.read(taskId, token) : undefined;
    return leaseGen === undefined
      ? undefined
      : { taskId: taskId.toLowerCase(), leaseGen, workspaceId, agentId };
  }

  /** Why it does not count. */
  async refusal({ workspaceId }: Worker, taskId: string): Promise<Error> {
    if (!isUuid(taskId)) return new TaskNotFoundError(taskId);
    const [task] = await this.db.query<{ status: TaskStatus; attempt: number }>(
      `SELECT status, attempt FROM task WHERE id = $1 AND workspace_id = $2`,
      [taskId, workspaceId],
    );
    return task === undefined ? new TaskNotFoundError(taskId) : new LeaseLostError(taskId, whyOf(task));
  }
}

function whyOf({ status, attempt }: { readonly status: TaskStatus; readonly attempt: number }): string {
  if (isFinished(status)) return `It is ${status} already, and stays so.`;
  return status === 'running'
    ? `The lease is not this one: attempt ${attempt} runs now, or the token belongs to another task or agent.`
    : 'The lease has ended; the task waits to be given out again.';
}
