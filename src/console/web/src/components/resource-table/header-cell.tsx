import { Table, UnstyledButton } from '@mantine/core';
import { IconArrowDown, IconArrowUp } from '@tabler/icons-react';
import { words } from '~/design/words';
import { type Column, type Sort } from './columns';
import classes from './resource-table.module.css';

interface HeaderCellProps<R> {
  readonly column: Column<R>;
  readonly sort: Sort | undefined;
  readonly onSort?: () => void;
}

export function HeaderCell<R>({ column, sort, onSort }: HeaderCellProps<R>) {
  const sorted = sort?.column === column.id ? (sort.descending ? 'descending' : 'ascending') : undefined;
  const canSort = column.sortable === true && onSort !== undefined;
  const Arrow = sorted === 'descending' ? IconArrowDown : IconArrowUp;
  return (
    <Table.Th
      w={column.width}
      ta={column.align ?? 'left'}
      data-hide-below={column.hideBelow}
      {...(canSort ? { 'aria-sort': sorted ?? 'none' } : {})}
    >
      {canSort ? (
        <UnstyledButton className={classes.sort} onClick={onSort} title={words.sortBy(column.header)}>
          {column.header}
          {sorted !== undefined && <Arrow size={12} aria-hidden />}
        </UnstyledButton>
      ) : (
        column.header
      )}
    </Table.Th>
  );
}
