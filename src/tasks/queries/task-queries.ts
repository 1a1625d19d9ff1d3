import { Injectable } from '@nestjs/common';
import { type JsonValue, type Scope } from '@app/kernel';
import { type TaskError, type TaskStatus } from '../domain/task';
import { type TaskView } from './task-view';

export interface KnownOutcome {
  readonly status: TaskStatus;
  readonly result: JsonValue;
  readonly error: TaskError | null;
}

@Injectable()
export class TaskQueries {
  get(_scope: Scope, _id: string): Promise<TaskView> {
    return Promise.reject(new Error('not yet'));
  }

  /** Whatever their workspace; ids that are unknown are missing. */
  outcomesOf(_taskIds: readonly string[]): Promise<ReadonlyMap<string, KnownOutcome>> {
    return Promise.reject(new Error('not yet'));
  }
}
