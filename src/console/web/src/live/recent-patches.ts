import { patchRow, type RowPatch } from './patch-rows';

/** Rows that are remembered, those that were told about last. */
const ROWS_MAX = 2_000;
/** Of one row; what is older has long been in every answer. */
const PATCHES_MAX = 16;

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

  /** The row with what it has not heard of; the row itself when there is nothing. */
  onto<R extends { readonly id: string }>(row: R): R {
    const patches = this.byId.get(row.id);
    return patches === undefined ? row : patchRow(row as R & Record<string, unknown>, patches);
  }
}
