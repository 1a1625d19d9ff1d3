import { type InstancesSearch, type InstanceSort } from '../search';
import { type Instance } from './instance';

/** As the API filters: by a part of the name or the description, whatever the case. */
export function fits(row: Instance, { q, status, type, label = [] }: InstancesSearch): boolean {
  if (row.status === 'deleted') return false;
  if (status !== undefined && !status.split(',').includes(row.status)) return false;
  if (type !== undefined && row.json_spec.type !== type) return false;
  if (!label.every((one) => hasLabel(row, one))) return false;
  const wanted = q?.toLowerCase() ?? '';
  if (wanted === '') return true;
  return row.name.toLowerCase().includes(wanted) || row.description.toLowerCase().includes(wanted);
}

/** A key has no colon; a value may have some. */
function hasLabel({ labels }: Instance, term: string): boolean {
  const colon = term.indexOf(':');
  if (colon === -1) return Object.hasOwn(labels, term);
  const key = term.slice(0, colon);
  return Object.hasOwn(labels, key) && labels[key] === term.slice(colon + 1);
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
