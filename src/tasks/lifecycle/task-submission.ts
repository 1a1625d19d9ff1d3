import { Injectable } from '@nestjs/common';
import { type TaskDraft, type TaskOwner } from '../domain/task-draft';

/** Accepts tasks: all of a call or none. */
@Injectable()
export class TaskSubmission {
  /** Joins the transaction that is open; takes the tasks from the day's quota. */
  submit(_owner: TaskOwner, _drafts: readonly TaskDraft[]): Promise<readonly { readonly id: string }[]> {
    return Promise.reject(new Error('not yet'));
  }
}
