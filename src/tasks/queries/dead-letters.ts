import { Injectable } from '@nestjs/common';
import { Database } from '@app/database';
import { type KeysetPosition, type Page, type Scope } from '@app/kernel';
import { type DeadReason } from '../domain/task';
import { pageOf, textOfTime, timeOfText } from './page-of';
import { LIST_COLUMNS, type TaskRow } from './task-row';
import { type TaskListItem } from './task-view';

export interface DeadFilter {
  readonly type?: string | undefined;
  readonly reason?: DeadReason | undefined;
  readonly pipelineMark?: string | undefined;
}

/** What was given up and not tried again, of `task AS t`. */
export const IS_DEAD = `t.dead_reason IS NOT NULL AND t.retried_as IS NULL`;
/** The first four parameters of a statement about dead letters. */
export const DEAD_FILTER = `
  t.workspace_id = $1 AND ${IS_DEAD} AND ($2::text IS NULL OR t.type = $2) AND ($3::text IS NULL OR t.dead_reason = $3)
  AND ($4::text IS NULL OR t.pipeline_mark = $4)`;
export const deadParams = ({ workspaceId }: Scope, filter: DeadFilter): readonly unknown[] => [
  ...[workspaceId, filter.type ?? null, filter.reason ?? null, filter.pipelineMark ?? null],
];

@Injectable()
export class DeadLetters {
  constructor(private readonly db: Database) {}

  /** What was given up last comes first. */
  async list(
    scope: Scope,
    filter: DeadFilter,
    after: KeysetPosition | undefined,
    limit: number,
  ): Promise<Page<TaskListItem>> {
    const rows = await this.db.query<TaskRow & { position: string }>(
      `SELECT ${LIST_COLUMNS}, ${textOfTime('t.finished_at')} AS position FROM task t
        WHERE ${DEAD_FILTER}
          AND ($5::text IS NULL OR (t.finished_at, t.id) < (${timeOfText('$5')}, $6::uuid))
        ORDER BY t.finished_at DESC, t.id DESC LIMIT $7`,
      [...deadParams(scope, filter), after?.sort ?? null, after?.id ?? null, limit + 1],
    );
    return pageOf(rows, limit);
  }
}
