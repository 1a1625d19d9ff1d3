import { patchRow, remember, type RowPatch } from './patch-rows';

/** Rows that are remembered, those that were told about last. */
const ROWS_MAX = 2_000;
/** Of one row; what is older has long been in every answer. */
const PATCHES_MAX = 16;
const SEQUENCE_HEADER = 'quayside-sequence';

/**
 * What was told last of each row. An answer that was asked for before an event and comes after it would take its rows back
 * otherwise: what it has not heard of is put onto it when it comes.
 */
export class RecentPatches {
  private readonly byId = new Map<string, readonly RowPatch[]>();

  note(patch: RowPatch): void {
    // Without a number nobody can say whether an answer has heard of it.
    if (patch.sequence === undefined) return;
    const known = this.byId.get(patch.id) ?? [];
    this.byId.delete(patch.id);
    this.byId.set(patch.id, [...known, patch].slice(-PATCHES_MAX));
    const [oldest] = this.byId.keys();
    if (this.byId.size > ROWS_MAX && oldest !== undefined) this.byId.delete(oldest);
  }

  /** Rows of an answer, with how far it had heard kept beside them, and what came meanwhile put onto them. */
  upToDate<R extends object>(
    rows: readonly R[],
    { headers }: Response,
    idOf: (row: R) => string,
  ): readonly R[] {
    const sequence = Number(headers.get(SEQUENCE_HEADER) ?? Number.NaN);
    if (!Number.isFinite(sequence)) return rows;
    for (const row of rows) remember(row, sequence);
    return rows.map((row) => this.onto(row, idOf(row)));
  }

  /** The row with what it has not heard of; the row itself when there is nothing. */
  onto<R extends object>(row: R, id: string): R {
    const patches = this.byId.get(id);
    return patches === undefined ? row : patchRow(row as R & Record<string, unknown>, patches);
  }
}
