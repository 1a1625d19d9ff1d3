/** The lists of this area are read page by page, by `api.useInfiniteQuery(…, FIRST_PAGE, BY_CURSOR)`. */
export const FIRST_PAGE = { params: { query: { limit: 100 } } };

export const BY_CURSOR = {
  pageParamName: 'cursor',
  initialPageParam: null as string | null,
  getNextPageParam: (page: { readonly next_cursor: string | null }) => page.next_cursor,
};

interface Paged {
  readonly isPending: boolean;
  readonly error: unknown;
  readonly hasNextPage: boolean;
  readonly refetch: () => unknown;
  readonly fetchNextPage: () => unknown;
}

/** What a table wants to know of such a list. */
export const pagesOf = (query: Paged) => ({
  query,
  hasMore: query.hasNextPage,
  onMore: () => void query.fetchNextPage(),
});
