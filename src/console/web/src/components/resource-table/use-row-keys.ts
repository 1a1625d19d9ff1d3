import { type RefObject, useEffect, useRef } from 'react';
import { isTyping } from '~/shell/typing';
import { type ResourceTableProps } from './resource-table';
import { toggled } from './rows';

/** j and k move over the rows on view, Enter opens, x selects; off while somebody types. */
export function useRowKeys<R>(box: RefObject<HTMLDivElement | null>, props: ResourceTableProps<R>): void {
  const latest = useRef(props);
  latest.current = props;
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (isTyping(event) || box.current === null) return;
      const handled = handle(event.key, box.current, latest.current);
      if (handled) event.preventDefault();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [box]);
}

function handle<R>(key: string, box: HTMLElement, props: ResourceTableProps<R>): boolean {
  if (key === 'j' || key === 'k') return move(box, key === 'j' ? 1 : -1);
  const id = focusedRow(box);
  if (id === undefined) return false;
  if (key === 'x') return select(id, props);
  return key === 'Enter' && open(id, props);
}

/** The id of the row that has the focus itself, not by something inside of it. */
function focusedRow(box: HTMLElement): string | undefined {
  const focused = document.activeElement;
  return focused instanceof HTMLElement && box.contains(focused) ? focused.dataset['row'] : undefined;
}

function select<R>(id: string, { selection }: ResourceTableProps<R>): boolean {
  selection?.onChange(toggled(selection.selected, id));
  return selection !== undefined;
}

function open<R>(id: string, { rows, rowId, onOpen }: ResourceTableProps<R>): boolean {
  const row = rows.find((candidate) => rowId(candidate) === id);
  if (row !== undefined) onOpen?.(row);
  return onOpen !== undefined;
}

function move(box: HTMLElement, by: 1 | -1): boolean {
  const rows = [...box.querySelectorAll<HTMLElement>('[data-row]')];
  const current = rows.findIndex((row) => row === document.activeElement);
  const next = rows[Math.min(rows.length - 1, Math.max(0, current + by))];
  next?.focus();
  next?.scrollIntoView({ block: 'nearest' });
  return next !== undefined;
}
