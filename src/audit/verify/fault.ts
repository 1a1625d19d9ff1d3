import { type SealKind } from '../chain/seal';

export type FaultKind =
  | 'altered'
  | 'missing'
  | 'inserted'
  | 'reordered'
  /** Rows that no link has covered for longer than sealing ever takes. */
  | 'unsealed'
  /** Made with a key that this installation does not have. */
  | 'unverifiable';

/** The first thing in the trail that is not as it was written. */
export interface Fault {
  readonly fault: FaultKind;
  /** A row of changes, a row of calls, the link itself, or the summary of a closed segment. */
  readonly of: SealKind | 'link' | 'segment';
  /** The number of the link, or of the segment's first one. */
  readonly sequence: number;
  /** Of the row, where there is one. */
  readonly rowId?: string;
  readonly workspaceId?: string | null;
  readonly detail: string;
}
