import { Injectable } from '@nestjs/common';
import { Database } from '@app/database';
import { type AppendEntry, EventAppender } from '@app/outbox';
import { type RequestScope } from '@app/telemetry';
import { Quotas } from '../../limits';
import { DispatchBell } from '../dispatch/dispatch-bell';
import { type TaskOwner } from '../domain/task-draft';
import { taskEvent } from '../domain/task.events';
import { type PreparedTask, type StoredTask, SubmissionRows } from '../persistence/submission-rows';

export interface PreparedSubmission {
  readonly task: PreparedTask;
  readonly scope: RequestScope;
}

/** Stores tasks with their events and what they use up. */
@Injectable()
export class TaskStore {
  constructor(
    private readonly db: Database,
    private readonly rows: SubmissionRows,
    private readonly events: EventAppender,
    private readonly quotas: Quotas,
    private readonly bell: DispatchBell,
  ) {}

  /** Of one owner, in one transaction. A repeated request finds what its first try made, and makes nothing. */
  async add(owner: TaskOwner, submissions: readonly PreparedSubmission[]): Promise<readonly StoredTask[]> {
    if (submissions.length === 0) return [];
    return this.db.transaction(async () => {
      const fresh = await this.unknown(submissions);
      if (fresh.length === 0) return [];
      await this.quotas.take('tasks_per_day', fresh.length, owner);
      const stored = await this.rows.insert(
        owner,
        fresh.map(({ task, scope }) => ({ ...task, origin: originOf(scope) })),
        this.events.handOver(fresh.map((submission) => entryOf(owner, submission))),
      );
      this.db.afterCommit(() => {
        this.bell.ring(true);
      });
      return stored;
    });
  }

  /** Only a request that may be a repetition has ids that can be taken: all others are new by their making. */
  private async unknown(submissions: readonly PreparedSubmission[]): Promise<readonly PreparedSubmission[]> {
    const repeatable = submissions.filter(({ scope }) => scope.repeatSeed !== undefined);
    if (repeatable.length === 0) return submissions;
    const known = await this.rows.known(repeatable.map(({ task }) => task.id));
    return submissions.filter(({ task }) => !known.has(task.id));
  }
}

function entryOf({ workspaceId }: TaskOwner, { task, scope }: PreparedSubmission): AppendEntry {
  const event = taskEvent('submitted', factsOf(task), new Date(), { retry_of: task.retryOf });
  return { event, scope, workspaceId, isNow: true };
}

const originOf = ({ requestId, traceparent }: RequestScope) => ({ correlationId: requestId, traceparent });

const factsOf = ({ id, type, priority, executor, draft }: PreparedTask) => ({
  ...{ id, type, priority, executor, status: 'pending' as const, progress: 0, attempt: 0 },
  pipelineMark: draft.pipelineMark ?? null,
  stageMark: draft.stageMark ?? null,
  runId: draft.run?.runId ?? null,
  stageRunId: draft.run?.stageRunId ?? null,
  assignedAgent: null,
});
