import { Injectable } from '@nestjs/common';
import { Database } from '@app/database';
import { isUuid, type KeysetPosition, type Page } from '@app/kernel';
import { InstanceNotFoundError } from '../domain/instance.errors';
import { type InstanceScope } from '../domain/instance-scope';
import { type LabelTerm } from '../domain/labels';
import {
  type HistoryEntry,
  type InstanceFilter,
  type InstanceSort,
  type InstanceView,
} from './instance-view';
import { type InstanceViewRow, toView, VIEW_COLUMNS } from './instance-view.row';

/** Milliseconds would not do: rows of the same one must keep their order from page to page. */
const textOfTime = (column: string): string => `(${column} AT TIME ZONE 'UTC')::text`;
const timeOfText = (parameter: string): string => `(${parameter}::timestamp AT TIME ZONE 'UTC')`;

interface SortPlan {
  readonly column: string;
  readonly position: string;
  readonly start: string;
  readonly direction: 'ASC' | 'DESC';
}
const byAge = { column: 'created_at', position: textOfTime('created_at'), start: timeOfText('$10') };
const byName = { column: 'name', position: 'name', start: '$10' };
/** Sort orders are looked up here, never written into SQL. */
const SORTS: Readonly<Record<InstanceSort, SortPlan>> = {
  created_at: { ...byAge, direction: 'ASC' },
  '-created_at': { ...byAge, direction: 'DESC' },
  name: { ...byName, direction: 'ASC' },
  '-name': { ...byName, direction: 'DESC' },
};

/** What a caller may see of what the filter asks for; the first nine parameters. */
const IN_REACH = `workspace_id = $5 AND ($6::text[] IS NULL OR name = ANY ($6)) AND id <> ALL ($7::uuid[])
          AND ($1::text[] IS NULL OR status = ANY ($1))
          AND ($2::text IS NULL OR name ILIKE $2 OR description ILIKE $2)
          AND ($3::text IS NULL OR json_spec ->> 'type' = $3)
          AND ($4::uuid IS NULL OR server_spec_id = $4)
          AND ($8::jsonb IS NULL OR labels @> $8) AND ($9::text[] IS NULL OR labels ?& $9)`;

function reachOf(scope: InstanceScope, filter: InstanceFilter): readonly unknown[] {
  const { onlyNames, withoutIds } = scope.reach();
  return [
    ...[filter.statuses ?? null, contains(filter.q), filter.type ?? null, filter.serverSpecId ?? null],
    ...[scope.workspaceId, onlyNames ?? null, withoutIds],
    ...[pairsOf(filter.labels), keysOf(filter.labels)],
  ];
}

export interface PlaceInList {
  readonly after?: KeysetPosition | undefined;
  /** Rows behind that place that are left out. */
  readonly skip: number;
  readonly limit: number;
}

/** The reading side, also for other contexts. Everything comes from the view of live instances. */
@Injectable()
export class InstanceQueries {
  constructor(private readonly db: Database) {}

  async get(scope: InstanceScope, idOrName: string): Promise<InstanceView> {
    const view = await this.find(scope, idOrName);
    if (view === undefined) throw new InstanceNotFoundError(idOrName);
    return view;
  }

  async find(scope: InstanceScope, idOrName: string): Promise<InstanceView | undefined> {
    const [row] = await this.db.query<InstanceViewRow>(
      `SELECT ${VIEW_COLUMNS} FROM instance_view WHERE workspace_id = $3 AND (id = $1::uuid OR name = $2)
        ORDER BY id = $1::uuid DESC NULLS LAST LIMIT 1`,
      [isUuid(idOrName) ? idOrName : null, idOrName, scope.workspaceId],
    );
    if (row === undefined) return undefined;
    scope.admit(row, () => new InstanceNotFoundError(idOrName));
    return toView(row);
  }

  async list(
    scope: InstanceScope,
    filter: InstanceFilter,
    sort: InstanceSort,
    { after, skip, limit }: PlaceInList,
  ): Promise<Page<InstanceView>> {
    const { column, position, start, direction } = SORTS[sort];
    const rows = await this.db.query<InstanceViewRow & { position: string }>(
      `SELECT ${VIEW_COLUMNS}, ${position} AS position FROM instance_view
        WHERE ${IN_REACH}
          AND ($10::text IS NULL OR (${column}, id) ${direction === 'ASC' ? '>' : '<'} (${start}, $11::uuid))
        ORDER BY ${column} ${direction}, id ${direction} LIMIT $12 OFFSET $13`,
      [...reachOf(scope, filter), after?.sort ?? null, after?.id ?? null, limit + 1, skip],
    );
    return pageOf(rows, limit, toView);
  }

  async count(scope: InstanceScope, filter: InstanceFilter): Promise<number> {
    const [row] = await this.db.query<{ total: number }>(
      `SELECT count(*)::int AS total FROM instance_view WHERE ${IN_REACH}`,
      reachOf(scope, filter),
    );
    return row?.total ?? 0;
  }

  /** What happened to an instance, newest first; also after it is gone. */
  async history(
    { workspaceId }: InstanceScope,
    instanceId: string,
    after: KeysetPosition | undefined,
    limit: number,
  ): Promise<Page<HistoryEntry>> {
    const rows = await this.db.query<HistoryRow>(
      `SELECT id, name, aliases, occurred_at, actor, data, ${textOfTime('occurred_at')} AS position FROM domain_event
        WHERE aggregate_type = 'instances' AND aggregate_id = $1 AND workspace_id = $5
          AND ($2::text IS NULL OR (occurred_at, id) < (${timeOfText('$2')}, $3::uuid))
        ORDER BY occurred_at DESC, id DESC LIMIT $4`,
      [instanceId, after?.sort ?? null, after?.id ?? null, limit + 1, workspaceId],
    );
    return pageOf(rows, limit, ({ id, name, aliases, occurred_at: at, actor, data }) => ({
      id,
      name,
      aliases,
      at,
      actor,
      data,
    }));
  }
}

interface HistoryRow {
  id: string;
  name: string;
  occurred_at: Date;
  actor: string;
  aliases: string[];
  data: HistoryEntry['data'];
  position: string;
}

function pageOf<Row extends { id: string; position: string }, Item>(
  rows: readonly Row[],
  limit: number,
  toItem: (row: Row) => Item,
): Page<Item> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const next = rows.length > limit && last !== undefined ? { sort: last.position, id: last.id } : null;
  return { items: shown.map(toItem), next };
}

/** Pairs that a row must have. Two values of one key become a list, which nothing contains: a label has one value. */
function pairsOf(terms: readonly LabelTerm[] = []): string | null {
  const wanted = new Map<string, Set<string>>();
  for (const { key, value } of terms)
    if (value !== undefined) wanted.set(key, (wanted.get(key) ?? new Set()).add(value));
  if (wanted.size === 0) return null;
  const pairs = [...wanted].map(([key, [first, ...others]]) => [
    key,
    others.length === 0 ? first : [first, ...others],
  ]);
  return JSON.stringify(Object.fromEntries(pairs));
}

/** Keys that a row must have, whatever their values. */
function keysOf(terms: readonly LabelTerm[] = []): readonly string[] | null {
  const keys = terms.filter(({ value }) => value === undefined).map(({ key }) => key);
  return keys.length === 0 ? null : keys;
}

/** The signs of a pattern are data here. */
const contains = (q: string | undefined): string | null =>
  q === undefined || q === '' ? null : `%${q.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;
