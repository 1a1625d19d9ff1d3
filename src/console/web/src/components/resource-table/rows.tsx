import { Checkbox, Table } from '@mantine/core';
import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { useLayoutEffect, useRef, useState } from 'react';
import { words } from '~/design/words';
import { type ResourceTableProps } from './resource-table';

const VIRTUAL_ABOVE = 100;
const ROW_PX = 53;
const OVERSCAN = 12;

/** All rows of a short list; of a long one those on view, with the height of the others kept free. */
export function Rows<R>(props: ResourceTableProps<R>) {
  return props.rows.length > VIRTUAL_ABOVE ? <VirtualRows {...props} /> : <AllRows {...props} />;
}

function AllRows<R>(props: ResourceTableProps<R>) {
  return (
    <Table.Tbody>
      {props.rows.map((row, index) => (
        <Row key={props.rowId(row)} row={row} index={index} {...props} />
      ))}
    </Table.Tbody>
  );
}

function VirtualRows<R>(props: ResourceTableProps<R>) {
  const { rows, rowId, columns, selection } = props;
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
    getItemKey: (index) => (rows[index] === undefined ? index : rowId(rows[index])),
  });
  const items = virtual.getVirtualItems();
  const before = (items[0]?.start ?? top) - top;
  const after = virtual.getTotalSize() - ((items.at(-1)?.end ?? top) - top);
  const width = columns.length + (selection === undefined ? 0 : 1);
  return (
    <Table.Tbody ref={body}>
      <Space height={before} columns={width} />
      {items.map(({ index, key }) => {
        const row = rows[index];
        return row === undefined ? null : (
          <Row key={String(key)} row={row} index={index} measure={virtual.measureElement} {...props} />
        );
      })}
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

interface RowProps<R> extends ResourceTableProps<R> {
  readonly row: R;
  readonly index: number;
  readonly measure?: (element: HTMLTableRowElement | null) => void;
}

function Row<R>({ row, index, measure, columns, rowId, rowName, onOpen, selection }: RowProps<R>) {
  const id = rowId(row);
  return (
    <Table.Tr
      ref={measure}
      data-index={index}
      data-row={id}
      tabIndex={-1}
      aria-rowindex={index + 2}
      aria-selected={selection?.selected.has(id)}
      onClick={onOpen && ((event) => openFrom(event, () => onOpen(row)))}
      style={onOpen === undefined ? undefined : { cursor: 'pointer' }}
    >
      {selection !== undefined && (
        <Table.Td>
          <Checkbox
            size="xs"
            aria-label={words.selectRow(rowName?.(row) ?? id)}
            checked={selection.selected.has(id)}
            onChange={() => selection.onChange(toggled(selection.selected, id))}
            onClick={(event) => event.stopPropagation()}
          />
        </Table.Td>
      )}
      {columns.map((column) => (
        <Table.Td key={column.id} ta={column.align ?? 'left'} data-hide-below={column.hideBelow}>
          {column.cell(row)}
        </Table.Td>
      ))}
    </Table.Tr>
  );
}

export function toggled(selected: ReadonlySet<string>, id: string): ReadonlySet<string> {
  const next = new Set(selected);
  if (!next.delete(id)) next.add(id);
  return next;
}

/** A click on a link, a button or marked text inside of a row is not a click on the row. */
function openFrom(event: React.MouseEvent, open: () => void): void {
  const target = event.target as HTMLElement;
  if (target.closest('a,button,input,label,[role="menuitem"]') !== null) return;
  if ((window.getSelection()?.toString() ?? '') !== '') return;
  open();
}
