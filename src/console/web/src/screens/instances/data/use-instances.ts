import { type InfiniteData, useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { useMemo, useRef } from 'react';
import { type Frame } from '~/live/frames';
import { useTopic } from '~/live/live';
import { patchRows } from '~/live/patch-rows';
import { type InstancesSearch } from '../search';
import { type Instance, type InstancePage, isGoing, readFrame, readInstance, readPage } from './instance';

type Pages = InfiniteData<InstancePage, string | undefined>;
const SETTLE_MS = 300;
/** When more rows than this have to be read again, the list is read instead. */
const ROWS_MAX = 20;

const idOf = ({ id }: Instance): string => id;

/** Pages of instances that change as events tell, without asking for them again. */
export function useInstances(search: InstancesSearch) {
  const client = useQueryClient();
  const key = useMemo(() => ['instances', search] as const, [search]);
  const query = useInfiniteQuery({
    queryKey: key,
    queryFn: ({ pageParam, signal }) => readPage(search, pageParam, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next }: InstancePage) => next ?? undefined,
    // Rows keep how far they have heard beside themselves: a copy of an equal row would have forgotten it.
    structuralSharing: false,
  });
  const patch = (change: (pages: Pages) => Pages): void =>
    void client.setQueryData<Pages>(key, (pages) => (pages === undefined ? undefined : change(pages)));
  const again = useReadAgain(patch, () => void client.invalidateQueries({ queryKey: key }));
  useTopic('instances', (frames) => {
    const known = client.getQueryData<Pages>(key);
    if (known !== undefined) again(applied(known, frames, patch));
  });
  const rows = useMemo(() => query.data?.pages.flatMap((page) => page.rows) ?? [], [query.data]);
  return { query, rows };
}

/** Answers the ids of rows that have to be read again. */
function applied(
  known: Pages,
  frames: readonly Frame[],
  patch: (change: (pages: Pages) => Pages) => void,
): readonly string[] {
  const read = frames.flatMap((frame) => readFrame(frame) ?? []);
  const patches = read.map((one) => one.patch);
  const pages = known.pages.map((page) => {
    const { rows } = patchRows(page.rows, patches, idOf);
    return rows === page.rows ? page : { ...page, rows };
  });
  if (pages.some((page, at) => page !== known.pages[at])) patch((before) => ({ ...before, pages }));
  const present = new Set(pages.flatMap((page) => page.rows.map(idOf)));
  // What goes is not read again: there would be nothing to read.
  const gone = new Set(read.filter(isGoing).map((one) => one.patch.id));
  const partial = read
    .filter((one) => one.isPartial || !present.has(one.patch.id))
    .map((one) => one.patch.id);
  return partial.filter((id) => !gone.has(id));
}

/** Rows that arrive, and rows whose frames did not say all, are read once things have settled. */
function useReadAgain(patch: (change: (pages: Pages) => Pages) => void, readAll: () => void) {
  const waiting = useRef(new Set<string>());
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const read = async (): Promise<void> => {
    const ids = [...waiting.current];
    waiting.current = new Set();
    if (ids.length > ROWS_MAX) {
      readAll();
      return;
    }
    // One that is gone again, or not ours to see, has no row.
    const found = await Promise.all(ids.map((id) => readInstance(id).catch(() => undefined)));
    for (const row of found) if (row !== undefined) patch((pages) => withRow(pages, row));
  };
  return (ids: readonly string[]): void => {
    if (ids.length === 0) return;
    for (const id of ids) waiting.current.add(id);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => void read(), SETTLE_MS);
  };
}

/** In the place of the older one, or on the first page: where it stands is decided by the order of the list. */
function withRow(pages: Pages, row: Instance): Pages {
  const isKnown = pages.pages.some((page) => page.rows.some(({ id }) => id === row.id));
  return {
    ...pages,
    pages: pages.pages.map((page, at) => {
      if (isKnown) return { ...page, rows: page.rows.map((old) => (old.id === row.id ? row : old)) };
      return at === 0 ? { ...page, rows: [row, ...page.rows] } : page;
    }),
  };
}
