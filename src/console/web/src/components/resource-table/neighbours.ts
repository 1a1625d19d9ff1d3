import { useEffect } from 'react';
import { useScreenKeys } from '~/shell/screen-keys';

interface OpenedList {
  readonly ids: readonly string[];
  readonly open: (id: string) => void;
}

/** The list that was on view last: whoever opened one of its rows goes on to the next one from there. */
let last: OpenedList | undefined;

/** Pure: which id stands so far from the given one; undefined at either end, or when it is not of this list. */
export function neighbourOf(ids: readonly string[], id: string, by: 1 | -1): string | undefined {
  const at = ids.indexOf(id);
  return at === -1 ? undefined : ids[at + by];
}

export function useRememberedList(list: OpenedList | undefined): void {
  useEffect(() => {
    if (list !== undefined) last = list;
  });
}

/** `[` and `]` lead to the item before and behind, of the list that this one was opened from. */
export function useNeighbours(id: string | undefined): void {
  const go = (by: 1 | -1): void => {
    const next = id === undefined || last === undefined ? undefined : neighbourOf(last.ids, id, by);
    if (next !== undefined) last?.open(next);
  };
  useScreenKeys({ '[': () => go(-1), ']': () => go(1) });
}
