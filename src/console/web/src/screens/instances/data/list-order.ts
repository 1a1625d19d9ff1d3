import { type InstancesSearch, type InstanceSort } from '../search';
import { type Instance } from './instance';

/** As the API filters: by a part of the name or the description, whatever the case. */
export function fits(row: Instance, { q, status, type }: InstancesSearch): boolean {
  if (row.status === 'deleted') return false;
  if (status !== undefined && !status.split(',').includes(row.status)) return false;
  if (type !== undefined && row.json_spec.type !== type) return false;
  const wanted = q?.toLowerCase() ?? '';
  if (wanted === '') return true;
  return row.name.toLowerCase().includes(wanted) || row.description.toLowerCase().includes(wanted);
}

const compare = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);

const ORDERS: Readonly<Record<InstanceSort, (one: Instance, other: Instance) => number>> = {
  name: (one, other) => compare(one.name, other.name) || compare(one.id, other.id),
  '-name': (one, other) => compare(other.name, one.name) || compare(other.id, one.id),
  created_at: (one, other) => compare(one.created_at, other.created_at) || compare(one.id, other.id),
  '-created_at': (one, other) => compare(other.created_at, one.created_at) || compare(other.id, one.id),
};

/** Rows that fit, each once, in the order of the list; rows that arrived by themselves stand at their place. */
export function listed(
  rows: readonly Instance[],
  search: InstancesSearch,
  sort: InstanceSort,
): readonly Instance[] {
  const once = new Map(rows.map((row) => [row.id, row]));
  return [...once.values()].filter((row) => fits(row, search)).sort(ORDERS[sort]);
}
