import { canonicalJson, type JsonValue, type JsonObject } from '@app/kernel';
import { sha256 } from './digests';
import { type Position, type SealKind } from './seal';

/** A row as it was written, every column that says something; times with their microseconds, as text. */
export interface SealedRow extends Position {
  readonly id: string;
  readonly workspaceId: string | null;
  readonly content: JsonObject;
}

export const digestOf = ({ content }: SealedRow): Buffer => sha256(canonicalJson(content));

interface Column {
  readonly name: string;
  readonly as: 'text' | 'json' | 'time';
}

const text = (...names: readonly string[]): readonly Column[] => names.map((name) => ({ name, as: 'text' }));
const json = (...names: readonly string[]): readonly Column[] => names.map((name) => ({ name, as: 'json' }));

const COLUMNS: Readonly<Record<SealKind, readonly Column[]>> = {
  audit: [
    { name: 'at', as: 'time' },
    ...text(
      'id',
      'actor',
      'key_id',
      'address',
      'request_id',
      'action',
      'resource_type',
      'resource_id',
      'outcome',
    ),
    ...text('event_id', 'workspace_id'),
    ...json('detail', 'before', 'after'),
  ],
  calls: [
    { name: 'at', as: 'time' },
    ...text(
      'id',
      'actor',
      'key_id',
      'address',
      'request_id',
      'trace_id',
      'face',
      'method',
      'target',
      'instance_id',
    ),
    ...text(
      'server_name',
      'endpoint_name',
      'outcome',
      'code',
      'protocol_version',
      'duration_ms',
      'upstream_ms',
    ),
    ...text('workspace_id'),
    // A list of words: its text is the same for the same list.
    ...text('argument_shape'),
  ],
};

export const TABLES: Readonly<Record<SealKind, string>> = { audit: 'audit', calls: 'mcp_call' };

const expressionOf = ({ name, as }: Column): string => {
  if (as === 'time') return `to_char(${name} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;
  return as === 'json' ? name : `${name}::text`;
};

const bySortedName = (columns: readonly Column[]): readonly Column[] =>
  [...columns].sort((one, other) => (one.name < other.name ? -1 : 1));

/** A row's place and its content, for a SELECT. The place is not part of the content: the order is what a link keeps. */
export const selectionOf = (kind: SealKind): string =>
  [
    'tx::text AS place_tx',
    'entry::text AS place_entry',
    ...COLUMNS[kind].map((column) => `${expressionOf(column)} AS "${column.name}"`),
  ].join(', ');

/**
 * The canonical JSON of a call, written by the database: there are a thousand calls for one change, and to bring them all here
 * only to hash them would cost more than to write them. No column of a call is an object, so this is all of RFC 8785 it needs.
 */
export const CANONICAL_CALL = `'{' || ${bySortedName(COLUMNS.calls)
  .map((column) => `'"${column.name}":' || coalesce(to_json(${expressionOf(column)})::text, 'null')`)
  .join(` || ',' || `)} || '}'`;

/** As it is selected: everything but JSON comes as text. */
interface RawRow {
  readonly place_tx: string;
  readonly place_entry: string;
  readonly id: string;
  readonly workspace_id: string | null;
  readonly [column: string]: JsonValue;
}

export function toSealedRow(row: object): SealedRow {
  const { place_tx: tx, place_entry: entry, ...content } = row as RawRow;
  return {
    id: content.id,
    workspaceId: content.workspace_id,
    tx,
    entry,
    content,
  };
}
