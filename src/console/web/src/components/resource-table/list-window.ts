export interface ListWindow {
  /** How many rows stand before the first one that is loaded. */
  readonly first: number;
  readonly total: number;
  /** Told which places are on view, so that their rows can be loaded. */
  readonly onView: (from: number, to: number) => void;
}

/** How many rows a list has, loaded or not. */
export const lengthOf = ({
  rows,
  window,
}: {
  readonly rows: readonly unknown[];
  readonly window?: ListWindow | undefined;
}): number => window?.total ?? rows.length;
