import { Injectable } from '@nestjs/common';
import { Database } from '@app/database';
import { type JsonObject, type KeysetPosition, type Page } from '@app/kernel';
import { type AuditOutcome } from '../domain/audit-entry';
import { type AuditEntryView, type AuditFilter } from './list-audit.query';

interface AuditRow {
  id: string;
  at: Date;
  /** With the microseconds that a Date does not hold: a page must start exactly where the last one ended. */
  position: string;
  actor: string;
  key_id: string | null;
  address: string | null;
  request_id: string | null;
  action: string;
  resource_type: string;
  resource_id: string;
  outcome: AuditOutcome;
  detail: JsonObject;
  event_id: string | null;
  workspace_id: string | null;
  before: JsonObject | null;
  after: JsonObject | null;
}

export interface AuditSelection {
  /** undefined: of all workspaces. */
  readonly workspaceId: string | undefined;
  readonly filter: AuditFilter;
  readonly limit: number;
  readonly after: KeysetPosition | undefined;
  /** Lists show the newest first, exports the oldest. */
  readonly order: 'newest' | 'oldest';
}

const ORDERS = {
  newest: { beyond: '<', sort: 'ORDER BY at DESC, id DESC' },
  oldest: { beyond: '>', sort: 'ORDER BY at, id' },
} as const;

/** The trail as people read it: changes and calls in one order of time. */
@Injectable()
export class AuditRows {
  constructor(private readonly db: Database) {}

  async page({ workspaceId, filter, limit, after, order }: AuditSelection): Promise<Page<AuditEntryView>> {
    const { conditions, values } = conditionsOf(filter, workspaceId);
    const { beyond, sort } = ORDERS[order];
    if (after !== undefined) {
      const [at, id] = [values.push(after.sort), values.push(after.id)];
      conditions.push(`(at, id) ${beyond} ($${at}::timestamptz, $${id}::uuid)`);
    }
    const where = conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`;
    // One more than asked tells whether there is a next page.
    const rows = await this.db.query<AuditRow>(
      `SELECT *, to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS position
         FROM ${sourceOf(filter)} ${where} ${sort} LIMIT $${values.push(limit + 1)}`,
      values,
    );
    const shown = rows.slice(0, limit);
    const last = shown.at(-1);
    const more = rows.length > limit && last !== undefined;
    return { items: shown.map(toView), next: more ? { sort: last.position, id: last.id } : null };
  }

  /** Calls are found by their time: an index on their ids would cost each call more than all who ever look for one. */
  async find(workspaceId: string | undefined, id: string, at?: Date): Promise<AuditEntryView | undefined> {
    const one = `id = $1::uuid AND ($2::uuid IS NULL OR workspace_id = $2)`;
    const owner = workspaceId ?? null;
    const [row] = await this.db.query<AuditRow>(`SELECT * FROM audit WHERE ${one}`, [id, owner]);
    if (row !== undefined || at === undefined) return row && toView(row);
    const [call] = await this.db.query<AuditRow>(
      `SELECT * FROM audit_trail WHERE ${one} AND ${OF_THAT_MILLISECOND}`,
      [id, owner, at],
    );
    return call && toView(call);
  }
}

/** Times are printed in milliseconds and kept in microseconds. */
const OF_THAT_MILLISECOND = `at >= $3 AND at < $3::timestamptz + interval '1 millisecond'`;

/** What calls are shown as; everything else is found without looking through them. */
const CALL_ACTIONS = ['mcp.tool.called', 'mcp.resource.read', 'mcp.prompt.read', 'mcp.request.denied'];
const CALL_RESOURCES: ReadonlySet<string> = new Set(['instances', 'endpoints', 'faces']);

/** Calls have a table of their own, which holds a thousand rows for one of the trail's. */
function sourceOf({ action, resource }: AuditFilter): 'audit' | 'audit_trail' {
  const begin = action?.endsWith('*') === true ? action.slice(0, -1) : undefined;
  const mayBeCalls =
    action === undefined ||
    CALL_ACTIONS.some((one) => one === action || (begin !== undefined && one.startsWith(begin)));
  const type = resource?.split('/')[0];
  return mayBeCalls && (type === undefined || CALL_RESOURCES.has(type)) ? 'audit_trail' : 'audit';
}

function conditionsOf(
  { actor, action, resource, from, to, outcome, request_id: requestId }: AuditFilter,
  workspaceId: string | undefined,
): { conditions: string[]; values: unknown[] } {
  const values: unknown[] = [];
  const conditions: string[] = [];
  const demand = (sql: string, value: unknown): void => {
    if (value !== undefined) conditions.push(sql.replace('?', `$${values.push(value)}`));
  };
  const [type, ...id] = resource?.split('/') ?? [];
  demand('workspace_id = ?::uuid', workspaceId);
  demand('actor = ?', actor);
  demand(
    action?.endsWith('*') === true ? 'starts_with(action, ?)' : 'action = ?',
    action?.endsWith('*') === true ? action.slice(0, -1) : action,
  );
  demand('resource_type = ?', type);
  demand('resource_id = ?', id.length === 0 ? undefined : id.join('/'));
  demand('at >= ?', from);
  demand('at < ?', to);
  demand('outcome = ?', outcome);
  demand('request_id = ?', requestId);
  return { conditions, values };
}

const toView = (row: AuditRow): AuditEntryView => ({
  id: row.id,
  at: row.at,
  actor: row.actor,
  keyId: row.key_id,
  address: row.address,
  requestId: row.request_id,
  action: row.action,
  resourceType: row.resource_type,
  resourceId: row.resource_id,
  outcome: row.outcome,
  detail: row.detail,
  eventId: row.event_id,
  workspaceId: row.workspace_id,
  before: row.before,
  after: row.after,
});
