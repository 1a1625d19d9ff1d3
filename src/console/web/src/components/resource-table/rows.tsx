import { Table } from '@mantine/core';
import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { type ReactNode, useCallback, useLayoutEffect, useRef, useState } from 'react';
import { type ResourceTableProps } from './resource-table';
import { Row, type RowActions } from './row';

const VIRTUAL_ABOVE = 100;
/** A name with a line below it; what is measured to be otherwise moves the rest. */
const ROW_PX = 55;
const OVERSCAN = 12;

/** All rows of a short list; of a long one those on view, with the height of the others kept free. */
export function Rows<R>(props: ResourceTableProps<R>) {
  return props.rows.length > VIRTUAL_ABOVE ? <VirtualRows {...props} /> : <AllRows {...props} />;
}

function AllRows<R>(props: ResourceTableProps<R>) {
  const rowAt = useRowAt(props);
  return <Table.Tbody>{props.rows.map((_, index) => rowAt(index))}</Table.Tbody>;
}

function VirtualRows<R>(props: ResourceTableProps<R>) {
  const { rows, rowId, columns, selection } = props;
  const rowAt = useRowAt(props);
  const ids = useSteady(rows.map(rowId));
  const body = useRef<HTMLTableSectionElement>(null);
  const [top, setTop] = useState(0);
  useLayoutEffect(() => {
    const box = body.current?.getBoundingClientRect();
    if (box !== undefined) setTop(box.top + window.scrollY);
  }, []);
  const virtual = useWindowVirtualizer({
    count: rows.length,
    estimateSize: () => ROW_PX,
    overscan: OVERSCAN,
    scrollMargin: top,
    // Scrolling does not wait for rows: those beyond the edges are there before they are seen.
    useFlushSync: false,
    // Another function means to it that all rows are others, and to measure them again.
    getItemKey: useCallback((index: number) => ids[index] ?? index, [ids]),
  });
  const items = virtual.getVirtualItems();
  const before = (items[0]?.start ?? top) - top;
  const after = virtual.getTotalSize() - ((items.at(-1)?.end ?? top) - top);
  const width = columns.length + (selection === undefined ? 0 : 1);
  return (
    <Table.Tbody ref={body}>
      <Space height={before} columns={width} />
      {items.map(({ index }) => rowAt(index, virtual.measureElement))}
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

type Measure = (element: HTMLTableRowElement | null) => void;

/** Draws a row. What rows call is the same at each render, so that only those are drawn again in which something changed. */
function useRowAt<R>(props: ResourceTableProps<R>): (index: number, measure?: Measure) => ReactNode {
  const latest = useRef(props);
  latest.current = props;
  const [actions] = useState<RowActions<R>>(() => ({
    open: (row) => latest.current.onOpen?.(row),
    toggle: (id) => {
      const { selection } = latest.current;
      selection?.onChange(toggled(selection.selected, id));
    },
  }));
  const { rows, rowId, rowName, columns, onOpen, selection } = props;
  return (index, measure) => {
    const row = rows[index];
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

/** The list of before as long as it holds the same. */
function useSteady(list: readonly string[]): readonly string[] {
  const kept = useRef(list);
  const isSame = kept.current.length === list.length && list.every((one, at) => one === kept.current[at]);
  if (!isSame) kept.current = list;
  return kept.current;
}

export function toggled(selected: ReadonlySet<string>, id: string): ReadonlySet<string> {
  const next = new Set(selected);
  if (!next.delete(id)) next.add(id);
  return next;
}
