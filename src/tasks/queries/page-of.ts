import { type KeysetPosition, type Page } from '@app/kernel';

/** Milliseconds would not do: rows of the same one must keep their order from page to page. */
export const textOfTime = (column: string): string => `(${column} AT TIME ZONE 'UTC')::text`;
export const timeOfText = (parameter: string): string => `(${parameter}::timestamp AT TIME ZONE 'UTC')`;

/** Of rows that were asked for with one more than the page has. */
export function pageOf<Row extends { readonly id: string; readonly position: string }>(
  rows: readonly Row[],
  limit: number,
): Page<Row> {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  const next: KeysetPosition | null =
    rows.length > limit && last !== undefined ? { sort: last.position, id: last.id } : null;
  return { items, next };
}
