import { Injectable } from '@nestjs/common';
import { requestContext, systemScope } from '@app/telemetry';
import { type TaskDraft, type TaskOwner } from '../domain/task-draft';
import { TaskPreparation } from './task-preparation';
import { TaskStore } from './task-store';

/** Accepts tasks: all of a call or none. */
@Injectable()
export class TaskSubmission {
  constructor(
    private readonly preparation: TaskPreparation,
    private readonly store: TaskStore,
  ) {}

  /** Joins the transaction that is open; takes the tasks from the day's quota. */
  async submit(owner: TaskOwner, drafts: readonly TaskDraft[]): Promise<readonly { readonly id: string }[]> {
    const scope = requestContext.get() ?? systemScope('tasks');
    const tasks = await this.preparation.prepare(owner, drafts);
    await this.store.add(
      owner,
      tasks.map((task) => ({ task, scope })),
    );
    return tasks.map(({ id }) => ({ id }));
  }
}
