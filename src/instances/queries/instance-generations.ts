import { Injectable } from '@nestjs/common';
import { type InstanceSpec } from '@app/contracts';
import { Database } from '@app/database';
import { type KeysetPosition, type Page } from '@app/kernel';
import { type InstanceScope } from '../domain/instance-scope';
import { InstanceQueries } from './instance-queries';

/** What an instance was wanted to be, once. */
export interface Generation {
  readonly id: string;
  readonly generation: number;
  readonly at: Date;
  readonly actor: string;
  /** `create`, `update`, `restart` … */
  readonly cause: string;
  readonly replicas: number;
  readonly spec: InstanceSpec;
  readonly isCurrent: boolean;
}

interface Row {
  readonly id: string;
  readonly generation: number;
  readonly at: Date;
  readonly actor: string;
  readonly cause: string;
  readonly replicas: number;
  readonly spec: InstanceSpec;
}

/**
 * Each change that a container notices is told by one event with the specification whole, so the log is the archive. Changes
 * of words repeat the number; the first of a number made it.
 */
const GENERATIONS = `
  SELECT DISTINCT ON ((data ->> 'generation')::int)
         id, (data ->> 'generation')::int AS generation, occurred_at AS at, actor, split_part(name, '.', 3) AS cause,
         coalesce((data ->> 'replicas')::int, 1) AS replicas, data -> 'json_spec' AS spec
    FROM domain_event
   WHERE aggregate_type = 'instances' AND aggregate_id = $1 AND workspace_id = $2 AND data ? 'json_spec'
     AND ($3::int IS NULL OR (data ->> 'generation')::int < $3)
   ORDER BY (data ->> 'generation')::int DESC, occurred_at, id LIMIT $4`;

/** Former wishes of an instance, as long as the log of events keeps them. */
@Injectable()
export class InstanceGenerations {
  constructor(
    private readonly db: Database,
    private readonly instances: InstanceQueries,
  ) {}

  async list(
    scope: InstanceScope,
    idOrName: string,
    after: KeysetPosition | undefined,
    limit: number,
  ): Promise<Page<Generation>> {
    const { id, generation: current } = await this.instances.get(scope, idOrName);
    const below = after === undefined ? null : Number(after.sort);
    const rows = await this.db.query<Row>(GENERATIONS, [id, scope.workspaceId, below, limit + 1]);
    const shown = rows.slice(0, limit);
    const last = shown.at(-1);
    return {
      items: shown.map((row) => ({ ...row, isCurrent: row.generation === current })),
      next: rows.length > limit && last !== undefined ? { sort: String(last.generation), id: last.id } : null,
    };
  }

  /** In the transaction of a change: the instance is locked, and the log only grows. */
  async find(
    workspaceId: string,
    instanceId: string,
    generation: number,
  ): Promise<Pick<Generation, 'spec' | 'replicas'> | undefined> {
    const [row] = await this.db.query<Row>(GENERATIONS, [instanceId, workspaceId, generation + 1, 1]);
    return row?.generation === generation ? row : undefined;
  }
}
