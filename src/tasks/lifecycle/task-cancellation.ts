import { Injectable } from '@nestjs/common';
import { type Scope } from '@app/kernel';

@Injectable()
export class TaskCancellation {
  /** Joins the transaction that is open. What has ended, or was asked to end before, stays as it is. */
  cancel(_scope: Scope, _taskIds: readonly string[], _reason: string): Promise<void> {
    return Promise.reject(new Error('not yet'));
  }
}
