import { Injectable } from '@nestjs/common';
import { isDatabaseUnavailable } from '@app/database';
import { DomainError } from '@app/kernel';
import { Gather } from '@app/resilience';
import { requestContext, systemScope } from '@app/telemetry';
import { MAX_BATCH } from '../domain/task';
import { TasksBusyError } from '../domain/task.errors';
import { type TaskDraft, type TaskOwner } from '../domain/task-draft';
import { type StoredTask } from '../persistence/submission-rows';
import { TaskPreparation } from './task-preparation';
import { type PreparedSubmission, TaskStore } from './task-store';

const WAITING_MAX = 10_000;
/** What one transaction takes; a larger statement would hold the others up. */
const WEIGHT_MAX_BYTES = 4 * 1_024 * 1_024;

export interface AcceptedTask {
  readonly id: string;
  /** Absent: the first try of the same request made it. */
  readonly stored: StoredTask | undefined;
}

/**
 * Requests that submit at the same time share a transaction; those of another owner have one beside it, because each counts
 * for the quotas of one owner, and two that lock several owners' counters could wait for each other.
 */
@Injectable()
export class GatheredSubmissions {
  /** Only owners with something on its way. */
  private readonly gathers = new Map<string, Gather<PreparedSubmission, AcceptedTask>>();

  constructor(
    private readonly tasks: TaskStore,
    private readonly preparation: TaskPreparation,
  ) {}

  async submit(owner: TaskOwner, draft: TaskDraft): Promise<AcceptedTask> {
    const [answer] = await this.submitEach(owner, [draft]);
    if (answer === undefined) throw new Error('a draft became nothing');
    if (answer.status === 'rejected') throw answer.reason;
    return answer.value;
  }

  /** One answer for each draft; what is refused changes nothing for the others. */
  async submitEach(
    owner: TaskOwner,
    drafts: readonly TaskDraft[],
  ): Promise<readonly PromiseSettledResult<AcceptedTask>[]> {
    const scope = requestContext.get() ?? systemScope('tasks');
    const prepared = await this.preparation.prepareEach(owner, drafts);
    return Promise.allSettled(
      prepared.map((task) =>
        task instanceof DomainError ? Promise.reject(task) : this.gatherOf(owner, { task, scope }),
      ),
    );
  }

  private gatherOf(owner: TaskOwner, submission: PreparedSubmission): Promise<AcceptedTask> {
    const key = JSON.stringify(owner);
    const gather = this.gathers.get(key) ?? this.open(key, owner);
    const accepted = gather.add(submission);
    void gather.idle().then(() => {
      if (gather.isIdle && this.gathers.get(key) === gather) this.gathers.delete(key);
    });
    return accepted;
  }

  private open(key: string, owner: TaskOwner): Gather<PreparedSubmission, AcceptedTask> {
    const gather = new Gather<PreparedSubmission, AcceptedTask>({
      ...{ maxBatch: MAX_BATCH, maxWaiting: WAITING_MAX, maxWeight: WEIGHT_MAX_BYTES },
      weightOf: ({ task }) => task.bytes,
      run: (items) => this.store(owner, items),
      isShared: isDatabaseUnavailable,
      refusal: () => new TasksBusyError(),
    });
    this.gathers.set(key, gather);
    return gather;
  }

  private async store(
    owner: TaskOwner,
    items: readonly PreparedSubmission[],
  ): Promise<readonly AcceptedTask[]> {
    const stored = new Map((await this.tasks.add(owner, items)).map((task) => [task.id, task]));
    return items.map(({ task: { id } }) => ({ id, stored: stored.get(id) }));
  }
}
