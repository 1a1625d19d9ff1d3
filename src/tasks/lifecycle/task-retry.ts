import { Injectable } from '@nestjs/common';
import { Database } from '@app/database';
import { type DomainError, isUuid, type JsonObject } from '@app/kernel';
import { idOfRequest, requestContext, systemScope } from '@app/telemetry';
import { draftOfRetry, refusalOfRetry, type RetriedTask } from '../domain/retry';
import { TaskNotFoundError } from '../domain/task.errors';
import { type TaskOwner } from '../domain/task-draft';
import { RetryRows } from '../persistence/retry-rows';
import { type DeadFilter } from '../queries/dead-letters';
import { TaskPreparation } from './task-preparation';
import { TaskStore } from './task-store';

export interface Retried {
  readonly id: string;
  readonly retriedAs: string;
}
export interface NotRetried {
  readonly id: string;
  readonly refusal: DomainError;
}

/** Tries again what was given up or cancelled, as new tasks that know of each other. All of a call is one transaction. */
@Injectable()
export class TaskRetry {
  constructor(
    private readonly db: Database,
    private readonly rows: RetryRows,
    private readonly tasks: TaskStore,
    private readonly preparation: TaskPreparation,
  ) {}

  async one(owner: TaskOwner, id: string, payload?: JsonObject): Promise<Retried> {
    const [answer] = await this.these(owner, [id], payload);
    if (answer === undefined) throw new TaskNotFoundError(id);
    if ('refusal' in answer) throw answer.refusal;
    return answer;
  }

  /** In the order asked; what cannot be tried again is said, and holds up nothing. */
  async these(
    owner: TaskOwner,
    ids: readonly string[],
    payload?: JsonObject,
  ): Promise<readonly (Retried | NotRetried)[]> {
    const known = ids.filter(isUuid).map((id) => id.toLowerCase());
    const places = this.placesFor(known.length);
    return this.db.transaction(async () => {
      const before = new Map((await this.madeBefore(places)).map((each) => [each.id, each]));
      const tasks = new Map((await this.rows.byIds(owner, known)).map((task) => [task.id, task]));
      const refusals = new Map<string, DomainError>();
      for (const task of tasks.values()) {
        const refusal = refusalOfRetry(task);
        if (refusal !== undefined) refusals.set(task.id, refusal);
      }
      const open = [...tasks.values()].filter(({ id }) => !refusals.has(id));
      const repeated = await this.repeat(owner, open, payload, places);
      const made = new Map([...before, ...repeated.map((each) => [each.id, each] as const)]);
      return ids.map((id) => {
        const key = id.toLowerCase();
        return made.get(key) ?? { id, refusal: refusals.get(key) ?? new TaskNotFoundError(id) };
      });
    });
  }

  async dead(owner: TaskOwner, filter: DeadFilter, limit: number): Promise<readonly Retried[]> {
    const places = this.placesFor(limit);
    return this.db.transaction(async () => {
      const before = await this.madeBefore(places);
      if (before.length > 0) return before;
      return this.repeat(owner, await this.rows.dead(owner, filter, limit), undefined, places);
    });
  }

  /** The ids of what this request makes: the same ones each time it is repeated, by which its first try is found. */
  private placesFor(count: number): readonly string[] {
    return Array.from({ length: count }, () => idOfRequest('task-retry'));
  }

  /** What the first try of a repeated request has done, whose answer got lost. */
  private async madeBefore(places: readonly string[]): Promise<readonly Retried[]> {
    return requestContext.get()?.repeatSeed === undefined ? [] : this.rows.madeAs(places);
  }

  private async repeat(
    owner: TaskOwner,
    tasks: readonly RetriedTask[],
    payload: JsonObject | undefined,
    places: readonly string[],
  ): Promise<readonly Retried[]> {
    const scope = requestContext.get() ?? systemScope('tasks');
    const drafts = tasks.map((task) => draftOfRetry(task, payload));
    const prepared = await this.preparation.prepare(owner, drafts);
    const submissions = prepared.flatMap((task, at) => {
      const [before, id] = [tasks[at], places[at]];
      if (before === undefined || id === undefined) return [];
      return [{ task: { ...task, id, retryOf: before.id, wantedAgent: before.wantedAgent }, scope }];
    });
    await this.tasks.add(owner, submissions);
    const pairs = submissions.map(({ task }) => ({ id: task.retryOf, retriedAs: task.id }));
    await this.rows.remember(pairs);
    return pairs;
  }
}
