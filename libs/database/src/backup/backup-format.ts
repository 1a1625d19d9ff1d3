/** First line of the text. Rows follow as PostgreSQL writes them: nothing here reads a number that it could round. */
export interface BackupHead {
  readonly quayside_backup: 1;
  /** Names of the migrations that made the schema, in their order. */
  readonly migrations: readonly string[];
  readonly created_at: string;
  /** Whatever the caller wants to find again beside the rows. */
  readonly extra: Readonly<Record<string, unknown>>;
}

export type BackupMark =
  | { readonly table: string; readonly columns: readonly string[] }
  | { readonly sequence: string; readonly value: string; readonly called: boolean }
  /** The last line: without it the text was cut off. */
  | { readonly end: true; readonly rows: number };

/** Rows begin with a space, marks with a brace. */
export const ROW_SIGN = ' ';

export class BackupDamagedError extends Error {
  override readonly name = 'BackupDamagedError';
}
