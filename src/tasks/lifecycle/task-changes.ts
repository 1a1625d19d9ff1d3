import { Injectable } from '@nestjs/common';
import { Database } from '@app/database';
import { EventAppender } from '@app/outbox';
import { type RequestScope } from '@app/telemetry';
import { type Happening, type Transition, transitionOf } from '../domain/transition';
import { ChangeRows } from '../persistence/change-rows';
import { type LockedTask } from '../persistence/task-facts';
import { ChangeHearers } from './change-hearers';
import { entryOf } from './told-events';

export interface Happened {
  readonly task: LockedTask;
  readonly happening: Happening;
  /** Whose doing it is. */
  readonly scope?: RequestScope | undefined;
}

/** Lets happenings come over locked tasks: the rules decide, one statement stores it, and after the commit others hear of it. */
@Injectable()
export class TaskChanges {
  constructor(
    private readonly db: Database,
    private readonly rows: ChangeRows,
    private readonly events: EventAppender,
    private readonly hearers: ChangeHearers,
  ) {}

  /** Inside the transaction that locked them; each task at most once. Answers what became of each. */
  async apply(happened: readonly Happened[]): Promise<readonly (Transition | undefined)[]> {
    const transitions = happened.map(({ task, happening }) => transitionOf(task, happening));
    const changes = happened.flatMap(({ task }, at) => {
      const transition = transitions[at];
      return transition === undefined ? [] : [{ task, transition }];
    });
    if (changes.length === 0) return transitions;
    const told = happened.flatMap(({ task, happening, scope }, at) => {
      const transition = transitions[at];
      return transition === undefined ? [] : [entryOf({ task, happening, transition, scope })];
    });
    await this.rows.write(changes, this.events.handOver(told));
    this.db.afterCommit(() => {
      this.hearers.tell(changes);
    });
    return transitions;
  }
}
