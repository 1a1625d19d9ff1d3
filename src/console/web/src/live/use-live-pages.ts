import { type InfiniteData, useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useMemo, useRef } from 'react';
import { type Frame, type Topic } from './frames';
import { useTopic } from './live';
import { patchRows, type RowPatch } from './patch-rows';
import { type RecentPatches } from './recent-patches';

export interface LivePage<R> {
  readonly rows: readonly R[];
  readonly next: string | null;
}

export interface LivePagesOptions<R> {
  readonly key: readonly unknown[];
  readonly topic: Topic;
  readonly read: (cursor: string | undefined, signal: AbortSignal) => Promise<LivePage<R>>;
  /** What is asked, by `asks`. */
  readonly meta: Readonly<Record<string, unknown>>;
  readonly idOf: (row: R) => string;
  /** Told of here, and put onto what `read` brings: an answer may be older than an event that came before it. */
  readonly recent: RecentPatches;
  /** undefined: the frame says nothing about a row. */
  readonly patchOf: (frame: Frame) => RowPatch | undefined;
  /** For what no event tells, such as heartbeats that say nothing new. */
  readonly everyMs?: number;
}

/** However many rows come and go, the list is asked for again no more often than this. */
const AGAIN_MS = 1_500;

/** Pages of a list whose rows change as events tell; rows that it does not know yet make it be read again. */
export function useLivePages<R extends object>(options: LivePagesOptions<R>) {
  const { key, topic, read, meta, idOf, recent, patchOf, everyMs } = options;
  type Pages = InfiniteData<LivePage<R>, string | undefined>;
  const client = useQueryClient();
  const query = useInfiniteQuery({
    queryKey: key,
    meta,
    queryFn: ({ pageParam, signal }) => read(pageParam, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next }: LivePage<R>) => next ?? undefined,
    ...(everyMs === undefined ? {} : { refetchInterval: everyMs }),
    // Rows keep how far they have heard beside themselves: a copy of an equal row would have forgotten it.
    structuralSharing: false,
  });
  const again = useSoon(() => void client.invalidateQueries({ queryKey: key }));
  useTopic(topic, (frames) => {
    const patches = frames.flatMap((frame) => patchOf(frame) ?? []);
    for (const patch of patches) recent.note(patch);
    const pages = client.getQueryData<Pages>(key);
    if (pages === undefined) return;
    const known = new Set(pages.pages.flatMap(({ rows }) => rows.map(idOf)));
    if (patches.some(({ id }) => !known.has(id))) again();
    client.setQueryData<Pages>(key, {
      ...pages,
      pages: pages.pages.map((page) => patched(page, patches, idOf)),
    });
  });
  const rows = useMemo(() => query.data?.pages.flatMap((page) => page.rows) ?? [], [query.data]);
  return { query, rows };
}

type Plain = Readonly<Record<string, unknown>>;

function patched<R extends object>(
  page: LivePage<R>,
  patches: readonly RowPatch[],
  idOf: (row: R) => string,
): LivePage<R> {
  const rows = page.rows as unknown as readonly Plain[];
  const next = patchRows(rows, patches, (row) => idOf(row as unknown as R));
  return next.rows === rows ? page : { ...page, rows: next.rows as unknown as readonly R[] };
}

/** Calls once a while however often it is asked to; forgotten when the screen is left. */
export function useSoon(work: () => void): () => void {
  const latest = useRef(work);
  latest.current = work;
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useEffect(
    () => () => {
      clearTimeout(timer.current);
      timer.current = undefined;
    },
    [],
  );
  return () => {
    timer.current ??= setTimeout(() => {
      timer.current = undefined;
      latest.current();
    }, AGAIN_MS);
  };
}
