import { Injectable } from '@nestjs/common';
import { Database } from '@app/database';
import { isUuid, type KeysetPosition, type Page, type Scope } from '@app/kernel';
import { WhyWaiting } from '../dispatch/why-waiting';
import { type TaskStatus } from '../domain/task';
import { TaskNotFoundError } from '../domain/task.errors';
import { pageOf, textOfTime, timeOfText } from './page-of';
import { TaskRecords } from './task-records';
import { isQueued, LIST_COLUMNS, type TaskRow, toQueued, type WholeTaskRow } from './task-row';
import { type TaskListItem, type TaskView } from './task-view';

export interface TaskFilter {
  readonly statuses?: readonly TaskStatus[] | undefined;
  readonly type?: string | undefined;
  readonly agentId?: string | undefined;
  readonly pipelineMark?: string | undefined;
  readonly runId?: string | undefined;
}

export type ListedTask = TaskListItem & { readonly waitingFor: string | null };

const LIST = `
  SELECT ${LIST_COLUMNS}, ${textOfTime('t.created_at')} AS position FROM task t
   WHERE t.workspace_id = $1
     AND ($2::text[] IS NULL OR t.status = ANY ($2))
     AND ($3::text IS NULL OR t.type = $3)
     AND ($4::uuid IS NULL OR t.assigned_agent = $4)
     AND ($5::text IS NULL OR t.pipeline_mark = $5)
     AND ($6::uuid IS NULL OR t.run_id = $6)
     AND ($7::text IS NULL OR (t.created_at, t.id) < (${timeOfText('$7')}, $8::uuid))
   ORDER BY t.created_at DESC, t.id DESC LIMIT $9`;

/** The reading side, also for other contexts. */
@Injectable()
export class TaskQueries {
  constructor(
    private readonly db: Database,
    private readonly records: TaskRecords,
    private readonly waiting: WhyWaiting,
  ) {}

  async get(scope: Scope, id: string): Promise<TaskView> {
    const task = await this.find(scope, id);
    if (task === undefined) throw new TaskNotFoundError(id);
    return task;
  }

  async find({ workspaceId }: Scope, id: string): Promise<TaskView | undefined> {
    if (!isUuid(id)) return undefined;
    const [row] = await this.db.query<WholeTaskRow>(
      `SELECT ${LIST_COLUMNS}, t.payload, t.result FROM task t WHERE t.id = $1 AND t.workspace_id = $2`,
      [id, workspaceId],
    );
    if (row === undefined) return undefined;
    const [attempts, logs, [listed]] = await Promise.all([
      this.records.attemptsOf(row.id),
      this.records.lastLines(row.id),
      this.explained([row]),
    ]);
    return { ...row, attempts, logs, waitingFor: listed?.waitingFor ?? null };
  }

  /** The id as it is stored; refuses what is not there. */
  async idOf({ workspaceId }: Scope, id: string): Promise<string> {
    const rows = isUuid(id)
      ? await this.db.query<{ id: string }>(`SELECT id FROM task WHERE id = $1 AND workspace_id = $2`, [
          id,
          workspaceId,
        ])
      : [];
    if (rows[0] === undefined) throw new TaskNotFoundError(id);
    return rows[0].id;
  }

  /** Newest first. */
  async list(
    { workspaceId }: Scope,
    filter: TaskFilter,
    after: KeysetPosition | undefined,
    limit: number,
  ): Promise<Page<ListedTask>> {
    const rows = await this.db.query<TaskRow & { position: string }>(LIST, [
      ...[workspaceId, filter.statuses ?? null, filter.type ?? null, filter.agentId ?? null],
      ...[filter.pipelineMark ?? null, filter.runId ?? null],
      ...[after?.sort ?? null, after?.id ?? null, limit + 1],
    ]);
    const { items, next } = pageOf(rows, limit);
    return { items: await this.explained(items), next };
  }

  private async explained(rows: readonly TaskRow[]): Promise<readonly ListedTask[]> {
    const queued = rows.filter(isQueued).map(toQueued);
    const reasons = queued.length === 0 ? new Map<string, never>() : await this.waiting.explain(queued);
    return rows.map((row) => ({ ...row, waitingFor: reasons.get(row.id)?.sentence ?? null }));
  }
}
