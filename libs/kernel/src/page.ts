/** One page of a keyset-ordered list; `next` is null on the last one. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly next: KeysetPosition | null;
}

/** Where the next page starts: the sort value and the id of the last row seen. */
export interface KeysetPosition {
  readonly sort: string;
  readonly id: string;
}
