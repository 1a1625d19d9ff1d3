/** A row of a list with how far it has heard. */
type Row = Readonly<Record<string, unknown>>;

export interface RowPatch {
  readonly id: string;
  readonly sequence?: number;
  readonly changes: Row;
}

export interface Patched<R> {
  readonly rows: readonly R[];
  /** Ids that are told about and are not in the list: it may have to be asked for again. */
  readonly unknown: readonly string[];
}

/** The number of the event that last changed a row, kept beside it so that nothing goes backwards. */
const heard = new WeakMap<object, number>();

/**
 * Applies patches in the order of their numbers; one that is not newer than its row is dropped, so order, repetition and
 * overlap with a fresh answer do not matter. Rows that do not change stay the same object.
 */
export function patchRows<R extends Row>(
  rows: readonly R[],
  patches: readonly RowPatch[],
  idOf: (row: R) => string,
): Patched<R> {
  const byId = new Map<string, RowPatch[]>();
  for (const patch of patches) {
    const members = byId.get(patch.id);
    if (members === undefined) byId.set(patch.id, [patch]);
    else members.push(patch);
  }
  const unknown = new Set(byId.keys());
  const next = rows.map((row) => {
    const id = idOf(row);
    const own = byId.get(id);
    // Of ten thousand rows a few are told about.
    if (own === undefined) return row;
    unknown.delete(id);
    return patchRow(row, own);
  });
  return { rows: next.some((row, at) => row !== rows[at]) ? next : rows, unknown: [...unknown] };
}

/** One row (or one detail answer) with the patches that are newer than it. */
export function patchRow<R extends Row>(row: R, patches: readonly RowPatch[]): R {
  return [...patches].sort(bySequence).reduce(applied, row);
}

/** Says how far a snapshot had read, from its `Quayside-Sequence`. */
export const remember = (row: object, sequence: number): void => void heard.set(row, sequence);

const bySequence = (a: RowPatch, b: RowPatch): number => (a.sequence ?? 0) - (b.sequence ?? 0);

function applied<R extends Row>(row: R, { sequence, changes }: RowPatch): R {
  const last = heard.get(row) ?? -1;
  if (sequence !== undefined && sequence <= last) return row;
  const next = { ...row, ...changes };
  heard.set(next, sequence ?? last);
  return next;
}
