export interface Calm<R> {
  readonly rows: readonly R[];
  /** Rows that wait for the pointer to leave. */
  readonly arrivals: number;
}

/**
 * While somebody points at the list its rows keep their places: what changes in them is shown, what comes between them waits.
 * What comes below the last of them pushes nothing away; so do the pages that scrolling loads.
 */
export function calm<R>(
  current: readonly R[],
  frozen: readonly string[] | undefined,
  idOf: (row: R) => string,
  known: ReadonlyMap<string, R> = new Map(current.map((row) => [idOf(row), row])),
): Calm<R> {
  const kept = (frozen ?? []).flatMap((id) => known.get(id) ?? []);
  // Another filter is another list.
  if (frozen === undefined || kept.length === 0) return { rows: current, arrivals: 0 };
  const places = new Set(frozen);
  const last = current.findLastIndex((row) => places.has(idOf(row)));
  const below = current.slice(last + 1);
  const arrivals = current.slice(0, last + 1).filter((row) => !places.has(idOf(row))).length;
  return { rows: [...kept, ...below], arrivals };
}
