import { memo, type MouseEvent, type ReactElement, type ReactNode } from 'react';
import { words } from '~/design/words';
import { type Column } from './columns';
import classes from './resource-table.module.css';

export interface RowActions<R> {
  readonly open: (row: R) => void;
  readonly toggle: (id: string) => void;
}

interface RowProps<R> {
  readonly id: string;
  readonly row: R;
  readonly index: number;
  readonly columns: readonly Column<R>[];
  readonly actions: RowActions<R>;
  /** For the label of its checkbox. */
  readonly name: string;
  readonly canOpen: boolean;
  /** undefined where rows cannot be selected. */
  readonly selected: boolean | undefined;
  readonly measure?: (element: HTMLTableRowElement | null) => void;
}

/** Plain elements: a component for each of some hundred cells on view would be most of what a list costs. */
function PlainRow<R>({ id, row, index, columns, actions, name, canOpen, selected, measure }: RowProps<R>) {
  return (
    <tr
      ref={measure}
      data-index={index}
      data-row={id}
      tabIndex={-1}
      aria-rowindex={index + 2}
      aria-selected={selected}
      onClick={canOpen ? (event) => openFrom(event, () => actions.open(row)) : undefined}
      style={canOpen ? { cursor: 'pointer' } : undefined}
    >
      {selected !== undefined && (
        <td>
          <input
            type="checkbox"
            className={classes.check}
            aria-label={words.selectRow(name)}
            checked={selected}
            onChange={() => actions.toggle(id)}
            onClick={(event) => event.stopPropagation()}
          />
        </td>
      )}
      {columns.map((column) => (
        <td key={column.id} style={{ textAlign: column.align ?? 'left' }} data-hide-below={column.hideBelow}>
          {column.cell(row)}
        </td>
      ))}
    </tr>
  );
}

/** Drawn again only when its row, its place or the columns are others. */
export const Row = memo(PlainRow) as <R>(props: RowProps<R>) => ReactElement;

export interface CardProps<R> {
  readonly id: string;
  readonly row: R;
  readonly card: (row: R) => ReactNode;
  readonly onOpen?: (row: R) => void;
  readonly index?: number;
  readonly measure?: (element: HTMLElement | null) => void;
}

export const Card = <R,>({ id, row, card, onOpen, index, measure }: CardProps<R>) => (
  <li
    ref={measure}
    data-index={index}
    data-row={id}
    className={classes.card}
    onClick={onOpen && (() => onOpen(row))}
  >
    {card(row)}
  </li>
);

/** A click on a link, a button or marked text inside of a row is not a click on the row. */
function openFrom(event: MouseEvent, open: () => void): void {
  const target = event.target as HTMLElement;
  if (target.closest('a,button,input,label,[role="menuitem"]') !== null) return;
  if ((window.getSelection()?.toString() ?? '') !== '') return;
  open();
}
