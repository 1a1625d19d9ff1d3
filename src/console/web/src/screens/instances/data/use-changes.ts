import { type QueryClient } from '@tanstack/react-query';
import { useRef } from 'react';
import { type Frame } from '~/live/frames';
import { useTopic } from '~/live/live';
import { patchRows } from '~/live/patch-rows';
import { useSoon } from '~/live/use-live-pages';
import { type InstancesSearch } from '../search';
import {
  type Instance,
  type InstanceFrame,
  isGoing,
  readFrame,
  readInstance,
  recentlyTold,
} from './instance';
import { type InstancePage } from './windows';

const SETTLE_MS = 300;
/** When more rows than this have to be read again, their pages are read instead. */
const ROWS_MAX = 20;

type Key = readonly ['instances', InstancesSearch];
const idOf = ({ id }: Instance): string => id;

/**
 * Events patch the rows that are loaded. What arrives is read and put among them when they are the whole list; of a longer one
 * the pages on view are read again, as what comes or goes moves all that stand behind it.
 */
export function useChanges(client: QueryClient, key: Key, isWhole: boolean): void {
  const readAll = useSoon(() => {
    client.removeQueries({ queryKey: key, type: 'inactive' });
    void client.invalidateQueries({ queryKey: key });
  });
  const readRows = useReadAgain(client, key, readAll);
  useTopic('instances', (frames) => {
    const read = frames.flatMap((frame: Frame) => readFrame(frame) ?? []);
    for (const { patch } of read) recentlyTold.note(patch);
    const known = patched(client, key, read);
    const gone = new Set(read.filter(isGoing).map(idOfFrame));
    const strange = read.filter((one) => !known.has(idOfFrame(one)));
    if (!isWhole && strange.some((one) => mayMoveRows(one, key[1]))) readAll();
    const wanted = isWhole
      ? [...strange, ...read.filter(({ isPartial }) => isPartial)]
      : read.filter((one) => one.isPartial && known.has(idOfFrame(one)));
    // What goes is not read again: there would be nothing to read.
    readRows(wanted.map(idOfFrame).filter((id) => !gone.has(id)));
  });
}

const idOfFrame = ({ patch }: InstanceFrame): string => patch.id;

/** Whether a row that is not loaded may have come into the list, or gone. */
const mayMoveRows = (frame: InstanceFrame, { status }: InstancesSearch): boolean =>
  status !== undefined || frame.isPartial || isGoing(frame);

/** Answers the ids of all rows that are loaded. */
function patched(client: QueryClient, key: Key, frames: readonly InstanceFrame[]): ReadonlySet<string> {
  const patches = frames.map(({ patch }) => patch);
  const known = new Set<string>();
  for (const [queryKey, page] of client.getQueriesData<InstancePage>({ queryKey: key })) {
    if (page === undefined) continue;
    const { rows } = patchRows(page.rows, patches, idOf);
    if (rows !== page.rows) client.setQueryData<InstancePage>(queryKey, { ...page, rows });
    for (const { id } of rows) known.add(id);
  }
  return known;
}

/** Rows that arrive, and rows whose frames did not say all, are read once things have settled. */
function useReadAgain(client: QueryClient, key: Key, readAll: () => void) {
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
    // While the others were waited for, more may have been told of it.
    for (const row of found) if (row !== undefined) putRow(client, key, recentlyTold.onto(row, row.id));
  };
  return (ids: readonly string[]): void => {
    if (ids.length === 0) return;
    for (const id of ids) waiting.current.add(id);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => void read(), SETTLE_MS);
  };
}

/** In the place of the older one, or on the first page: where it stands is decided by the order of the list. */
function putRow(client: QueryClient, key: Key, row: Instance): void {
  const pages = client.getQueriesData<InstancePage>({ queryKey: key });
  const isKnown = pages.some(([, page]) => page?.rows.some(({ id }) => id === row.id));
  for (const [queryKey, page] of pages) {
    if (page === undefined) continue;
    client.setQueryData<InstancePage>(
      queryKey,
      isKnown ? replaced(page, row) : added(page, row, queryKey.at(-1) === 0),
    );
  }
}

const replaced = (page: InstancePage, row: Instance): InstancePage => ({
  ...page,
  rows: page.rows.map((old) => (old.id === row.id ? row : old)),
});

const added = (page: InstancePage, row: Instance, isFirst: boolean): InstancePage => ({
  rows: isFirst ? [row, ...page.rows] : page.rows,
  total: page.total + 1,
});
