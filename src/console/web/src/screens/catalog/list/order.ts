import { formatSort, parseSort } from '~/components/resource-table/columns';
import { type Definition, sourceOf } from '../definition';
import { type CatalogSearch, type CatalogSort } from '../search';

type Filter = Pick<CatalogSearch, 'q' | 'source' | 'type' | 'tag'>;

export const isFiltered = ({ q, source, type, tag }: Filter): boolean =>
  [q, source, type, tag].some((each) => each !== undefined);

export const fits = (definition: Definition, { q = '', source, type, tag }: Filter): boolean =>
  (source === undefined || sourceOf(definition) === source) &&
  (type === undefined || definition.type === type) &&
  (tag === undefined || definition.tags.includes(tag)) &&
  [definition.name, definition.description, ...definition.tags]
    .join(' ')
    .toLowerCase()
    .includes(q.toLowerCase());

const IN_ORDER: Readonly<Record<string, (one: Definition, other: Definition) => number>> = {
  name: (one, other) => one.name.localeCompare(other.name, 'en'),
  instances: (one, other) => (one.instances ?? 0) - (other.instances ?? 0),
  created_at: (one, other) => Date.parse(one.created_at) - Date.parse(other.created_at),
};

/** Without an order they stand as they came, the newest first; equal ones keep their places. */
export function ordered(
  definitions: readonly Definition[],
  sort: CatalogSort | undefined,
): readonly Definition[] {
  if (sort === undefined) return definitions;
  const { column, descending } = parseSort(sort);
  const compare = IN_ORDER[column];
  if (compare === undefined) return definitions;
  return [...definitions].sort((one, other) => (descending ? compare(other, one) : compare(one, other)));
}

export const sortOf = (sort: Parameters<typeof formatSort>[0]): CatalogSort =>
  formatSort(sort) as CatalogSort;

/** Every tag with how many carry it, in the order of the alphabet. */
export function tagsOf(definitions: readonly Definition[]): readonly (readonly [string, number])[] {
  const counts = new Map<string, number>();
  for (const tag of definitions.flatMap(({ tags }) => [...new Set(tags)]))
    counts.set(tag, (counts.get(tag) ?? 0) + 1);
  return [...counts].sort(([one], [other]) => one.localeCompare(other, 'en'));
}
