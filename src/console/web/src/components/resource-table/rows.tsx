import { Table } from '@mantine/core';
import { useWindowVirtualizer } from '@tanstack/react-virtual';
import {
  type ReactNode,
  type RefObject,
  useCallback,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
} from 'react';
import { type CardProps, Card, Row, type RowActions } from './row';
import { lengthOf } from './list-window';
import { type ResourceTableProps } from './resource-table';
import { useSteady } from './use-steady';
import classes from './resource-table.module.css';

const VIRTUAL_ABOVE = 50;
/** A name with a line below it; what is measured to be otherwise moves the rest. */
const ROW_PX = 55;
const CARD_PX = 124;
const CARD_GAP_PX = 8;
const OVERSCAN = 8;

/** All rows of a short list; of a long one those on view, with the height of the others kept free. */
export function Rows<R>(props: ResourceTableProps<R>) {
  return lengthOf(props) > VIRTUAL_ABOVE ? <VirtualRows {...props} /> : <AllRows {...props} />;
}

function AllRows<R>(props: ResourceTableProps<R>) {
  const rowAt = useRowAt(props);
  return <Table.Tbody>{props.rows.map((_, index) => rowAt(index))}</Table.Tbody>;
}

function VirtualRows<R>(props: ResourceTableProps<R>) {
  const { columns, selection } = props;
  const rowAt = useRowAt(props);
  const body = useRef<HTMLTableSectionElement>(null);
  const { indexes, before, after, measure } = useOnView(props, body, ROW_PX);
  const width = columns.length + (selection === undefined ? 0 : 1);
  return (
    <Table.Tbody ref={body}>
      <Space height={before} columns={width} />
      {indexes.map(
        (index) => rowAt(index, measure) ?? <Unloaded key={index} columns={width} index={index} />,
      )}
      <Space height={after} columns={width} />
    </Table.Tbody>
  );
}

const Space = ({ height, columns }: { readonly height: number; readonly columns: number }) =>
  height <= 0 ? null : (
    <tr aria-hidden>
      <td colSpan={columns} style={{ height, padding: 0, border: 0 }} />
    </tr>
  );

const Unloaded = ({ columns, index }: { readonly columns: number; readonly index: number }) => (
  <tr aria-rowindex={index + 2} aria-busy="true" style={{ height: ROW_PX }}>
    <td colSpan={columns}>
      <div className={classes.unloaded} />
    </td>
  </tr>
);

type CardsProps<R> = ResourceTableProps<R> & { readonly card: (row: R) => ReactNode };

/** The rows of a narrow page. */
export function Cards<R>(props: CardsProps<R>) {
  return lengthOf(props) > VIRTUAL_ABOVE ? <VirtualCards {...props} /> : <AllCards {...props} />;
}

const cardOf = <R,>({ rowId, card, onOpen }: CardsProps<R>, row: R): CardProps<R> => ({
  ...{ id: rowId(row), row, card },
  ...(onOpen === undefined ? {} : { onOpen }),
});

const AllCards = <R,>(props: CardsProps<R>) => (
  <ul className={classes.cards} data-testid={props.testId} aria-label={props.label}>
    {props.rows.map((row) => (
      <Card key={props.rowId(row)} {...cardOf(props, row)} />
    ))}
  </ul>
);

function VirtualCards<R>(props: CardsProps<R>) {
  const list = useRef<HTMLUListElement>(null);
  const { indexes, before, after, measure } = useOnView(props, list, CARD_PX, CARD_GAP_PX);
  const first = props.window?.first ?? 0;
  return (
    <ul
      ref={list}
      className={classes.cards}
      style={{ paddingTop: before, paddingBottom: after }}
      data-testid={props.testId}
      aria-label={props.label}
    >
      {indexes.map((index) => {
        const row = props.rows[index - first];
        return row === undefined ? (
          <li key={index} aria-busy="true" className={classes.card} style={{ height: CARD_PX }} />
        ) : (
          <Card key={props.rowId(row)} {...cardOf(props, row)} index={index} measure={measure} />
        );
      })}
    </ul>
  );
}

interface OnView {
  readonly indexes: readonly number[];
  readonly before: number;
  readonly after: number;
  readonly measure: (element: HTMLElement | null) => void;
}

/** Which places of a long list are on view, and how much height the others take. */
function useOnView<R>(
  { rows, rowId, window: place }: ResourceTableProps<R>,
  box: RefObject<HTMLElement | null>,
  rowPx: number,
  gapPx = 0,
): OnView {
  const first = place?.first ?? 0;
  const ids = useSteady(rows.map(rowId));
  const [top, setTop] = useState(0);
  useLayoutEffect(() => {
    const edge = box.current?.getBoundingClientRect();
    if (edge !== undefined) setTop(edge.top + window.scrollY);
  }, [box]);
  const virtual = useWindowVirtualizer({
    count: lengthOf({ rows, window: place }),
    estimateSize: () => rowPx,
    overscan: OVERSCAN,
    gap: gapPx,
    scrollMargin: top,
    // Scrolling does not wait for rows: those beyond the edges are there before they are seen.
    useFlushSync: false,
    // Another function means to it that all rows are others, and to measure them again.
    getItemKey: useCallback((index: number) => ids[index - first] ?? index, [ids, first]),
  });
  const items = virtual.getVirtualItems();
  const [from, to] = [items[0]?.index ?? 0, items.at(-1)?.index ?? 0];
  const onView = place?.onView;
  useEffect(() => onView?.(from, to), [onView, from, to]);
  return {
    indexes: items.map(({ index }) => index),
    before: (items[0]?.start ?? top) - top,
    after: virtual.getTotalSize() - ((items.at(-1)?.end ?? top) - top),
    measure: virtual.measureElement,
  };
}

/** Draws a row. What rows call is the same at each render, so that only those are drawn again in which something changed. */
function useRowAt<R>(
  props: ResourceTableProps<R>,
): (index: number, measure?: OnView['measure']) => ReactNode {
  const latest = useRef(props);
  latest.current = props;
  const [actions] = useState<RowActions<R>>(() => ({
    open: (row) => latest.current.onOpen?.(row),
    toggle: (id) => {
      const { selection } = latest.current;
      selection?.onChange(toggled(selection.selected, id));
    },
  }));
  const { rows, rowId, rowName, columns, onOpen, selection, window: place } = props;
  return (index, measure) => {
    const row = rows[index - (place?.first ?? 0)];
    if (row === undefined) return null;
    const id = rowId(row);
    return (
      <Row
        key={id}
        {...{ id, row, index, columns, actions }}
        {...(measure === undefined ? {} : { measure })}
        name={rowName?.(row) ?? id}
        canOpen={onOpen !== undefined}
        selected={selection?.selected.has(id)}
      />
    );
  };
}

export function toggled(selected: ReadonlySet<string>, id: string): ReadonlySet<string> {
  const next = new Set(selected);
  if (!next.delete(id)) next.add(id);
  return next;
}
