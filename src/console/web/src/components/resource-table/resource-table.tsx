import { Button, Skeleton, Stack, Table } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { type ReactNode, useRef } from 'react';
import { toProblem } from '~/api/problem';
import { words } from '~/design/words';
import { useLiveState } from '~/live/live';
import { EmptyState } from '../empty-state';
import { ProblemCard } from '../problem-card';
import { type Column, nextSort, type Sort } from './columns';
import { HeaderCell } from './header-cell';
import { lengthOf, type ListWindow } from './list-window';
import classes from './resource-table.module.css';
import { Cards, Rows } from './rows';
import { useRememberedList } from './neighbours';
import { useRowKeys } from './use-row-keys';

export * from './columns';

export interface Selection {
  readonly selected: ReadonlySet<string>;
  readonly onChange: (selected: ReadonlySet<string>) => void;
}

export interface ResourceTableProps<R> {
  /** What the table lists, for who cannot see it. */
  readonly label: string;
  readonly testId: string;
  readonly columns: readonly Column<R>[];
  readonly rows: readonly R[];
  readonly rowId: (row: R) => string;
  /** Named in the label of its checkbox; the id where there is nothing better. */
  readonly rowName?: (row: R) => string;
  readonly query: { readonly isPending: boolean; readonly error: unknown; readonly refetch?: () => unknown };
  /** Shown when there is nothing at all, not when filters hide everything. */
  readonly empty: ReactNode;
  readonly filtered?: boolean;
  readonly onClearFilter?: () => void;
  readonly onOpen?: (row: R) => void;
  readonly selection?: Selection;
  readonly sort?: Sort;
  readonly onSort?: (sort: Sort) => void;
  /** Where `rows` stand in a list that is longer than what is loaded of it; without it they are all there are. */
  readonly window?: ListWindow;
  readonly hasMore?: boolean;
  readonly onMore?: () => void;
  /** A row on pages below 700 px, where tables do not fit; without it the table scrolls in its own box. */
  readonly card?: (row: R) => ReactNode;
}

const NARROW = '(max-width: 43.74em)';
const FORBIDDEN = 403;
const SKELETON_ROWS = 6;

/** A list in its five states: loading, empty, no match, refused or failed, and shown (greyed while stale). */
export function ResourceTable<R>(props: ResourceTableProps<R>) {
  const { query, rows, filtered = false } = props;
  if (query.error !== null && query.error !== undefined && rows.length === 0) return <Failed {...props} />;
  if (query.isPending) return <Loading {...props} />;
  if (lengthOf(props) === 0) return filtered ? <NoMatch {...props} /> : <>{props.empty}</>;
  return <Shown {...props} />;
}

function Failed<R>({ query }: ResourceTableProps<R>) {
  if (toProblem(query.error).status === FORBIDDEN)
    return <EmptyState {...words.notAllowed} testId="not-allowed" />;
  return (
    <ProblemCard
      problem={query.error}
      {...(query.refetch ? { onRetry: () => void query.refetch?.() } : {})}
    />
  );
}

function NoMatch<R>({ onClearFilter }: ResourceTableProps<R>) {
  const clear = onClearFilter && (
    <Button variant="default" onClick={onClearFilter} data-testid="clear-filters">
      {words.clearFilters}
    </Button>
  );
  return <EmptyState {...words.noMatch} action={clear} testId="no-match" />;
}

function Loading<R>({ label }: ResourceTableProps<R>) {
  return (
    <Stack
      gap={8}
      aria-busy="true"
      role="status"
      aria-label={`${words.loading}: ${label}`}
      data-testid="loading"
    >
      {Array.from({ length: SKELETON_ROWS }, (_, index) => (
        <Skeleton key={index} height={36} />
      ))}
    </Stack>
  );
}

function Shown<R>(props: ResourceTableProps<R>) {
  const narrow = useMediaQuery(NARROW, false, { getInitialValueInEffect: false });
  const stale = useLiveState().kind === 'stale';
  const box = useRef<HTMLDivElement>(null);
  useRowKeys(box, props);
  useRememberedList(listOf(props));
  return (
    <div ref={box} className={classes.box} data-stale={stale || undefined}>
      {narrow && props.card !== undefined ? <Cards {...props} card={props.card} /> : <WideTable {...props} />}
      {props.hasMore === true && props.onMore !== undefined && (
        <Button variant="default" mt="sm" onClick={props.onMore} data-testid={`${props.testId}-more`}>
          {words.more}
        </Button>
      )}
    </div>
  );
}

/** By ids, so that what is opened later is what the row is then. */
function listOf<R>({ rows, rowId, onOpen }: ResourceTableProps<R>) {
  if (onOpen === undefined) return undefined;
  const open = (id: string): void => {
    const row = rows.find((one) => rowId(one) === id);
    if (row !== undefined) onOpen(row);
  };
  return { ids: rows.map(rowId), open };
}

function WideTable<R>(props: ResourceTableProps<R>) {
  const { label, testId, columns, rows, rowId, selection, sort, onSort } = props;
  return (
    // Focusable, so that the keyboard can scroll it sideways.
    <div className={classes.scroll} tabIndex={0} role="region" aria-label={label}>
      <Table className={classes.table} aria-rowcount={lengthOf(props) + 1} data-testid={testId}>
        <Table.Thead>
          <Table.Tr>
            {selection !== undefined && (
              <Table.Th w={36}>
                <SelectAll ids={rows.map(rowId)} selection={selection} />
              </Table.Th>
            )}
            {columns.map((column) => (
              <HeaderCell
                key={column.id}
                column={column}
                sort={sort}
                {...(onSort ? { onSort: () => onSort(nextSort(sort, column.id)) } : {})}
              />
            ))}
          </Table.Tr>
        </Table.Thead>
        <Rows {...props} />
      </Table>
    </div>
  );
}

function SelectAll({ ids, selection }: { readonly ids: readonly string[]; readonly selection: Selection }) {
  const count = ids.filter((id) => selection.selected.has(id)).length;
  const all = count === ids.length && count > 0;
  return (
    <input
      type="checkbox"
      className={classes.check}
      aria-label={words.selectAll}
      checked={all}
      ref={(box) => {
        if (box !== null) box.indeterminate = count > 0 && !all;
      }}
      onChange={() => selection.onChange(all ? new Set() : new Set(ids))}
    />
  );
}
