import { Button, Group, Stack } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback, useMemo, useRef, useState } from 'react';
import { api } from '~/api/client';
import { useMay } from '~/api/me';
import { EmptyState, formatSort, PageHeader, parseSort, ResourceTable } from '~/components';
import { type Calm, calm } from '~/live/calm';
import { type Instance } from './data/instance';
import { listed } from './data/list-order';
import { useInstances } from './data/use-instances';
import { BulkBar } from './list/bulk';
import { InstanceCard } from './list/card';
import { columnsOf } from './list/columns';
import { DemoButton } from './list/demo-button';
import { Filters } from './list/filters';
import { LoadMore } from './list/more';
import { type InstancesSearch, SORTS } from './search';
import { text } from './text';

const DEFAULT_SORT = '-created_at';

export default function InstancesPage() {
  const search = useSearch({ from: '/inside/instances' });
  const navigate = useNavigate({ from: '/instances' });
  const put = (next: InstancesSearch): void => void navigate({ search: next, replace: true });
  const { sort = DEFAULT_SORT, ...filter } = search;
  const { query, rows } = useInstances(search);
  const list = useCalmRows(rows, search);
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const templates = useTemplateNames();
  // The same at each render: rows are drawn again for other columns.
  const columns = useMemo(() => columnsOf(templates), [templates]);
  const { fetchNextPage } = query;
  const more = useCallback(() => void fetchNextPage(), [fetchNextPage]);
  return (
    <>
      <PageHeader title={text.title} description={text.description} actions={<InstallButton />} />
      <Stack gap="sm">
        <Group justify="space-between">
          <Filters search={search} onChange={put} />
          {list.arrivals > 0 && (
            <Button size="compact-sm" variant="light" onClick={list.release} data-testid="instances-arrivals">
              {text.arrivals(list.arrivals)}
            </Button>
          )}
        </Group>
        <BulkBar
          rows={list.rows.filter(({ id }) => selected.has(id))}
          onDone={() => setSelected(new Set())}
        />
        <div onPointerEnter={list.hold} onPointerLeave={list.release}>
          <ResourceTable
            label={text.label}
            testId="instances-table"
            columns={columns}
            rows={list.rows}
            rowId={({ id }) => id}
            rowName={({ name }) => name}
            query={query}
            empty={<Nothing />}
            filtered={Object.keys(filter).length > 0}
            onClearFilter={() => put(sort === DEFAULT_SORT ? {} : { sort })}
            onOpen={({ name }) => void navigate({ to: '/instances/$name', params: { name } })}
            selection={{ selected, onChange: setSelected }}
            sort={parseSort(sort)}
            onSort={(next) => {
              const known = SORTS.find((one) => one === formatSort(next));
              put({ ...filter, ...(known === undefined ? {} : { sort: known }) });
            }}
            card={(row) => <InstanceCard row={row} />}
          />
          {query.hasNextPage && <LoadMore busy={query.isFetchingNextPage} onMore={more} />}
        </div>
      </Stack>
    </>
  );
}

/** Rows in their order, which stands still while somebody points at them. */
function useCalmRows(
  rows: readonly Instance[],
  search: InstancesSearch,
): Calm<Instance> & { hold: () => void; release: () => void } {
  const { sort = DEFAULT_SORT } = search;
  const current = useMemo(() => listed(rows, search, sort), [rows, search, sort]);
  const [frozen, setFrozen] = useState<readonly string[]>();
  const latest = useRef(current);
  latest.current = current;
  const known = useMemo(() => new Map(rows.map((row) => [row.id, row])), [rows]);
  return {
    ...calm(current, frozen, ({ id }) => id, known),
    hold: () => setFrozen(latest.current.map(({ id }) => id)),
    release: () => setFrozen(undefined),
  };
}

function useTemplateNames(): ReadonlyMap<string, string> {
  const { data } = api.useQuery('get', '/api/v1/mcp/servers', { params: { query: { limit: 200 } } });
  return useMemo(() => new Map((data?.servers ?? []).map(({ id, name }) => [id, name])), [data]);
}

function InstallButton() {
  if (!useMay('instances:create')) return null;
  return (
    <Button
      component={Link}
      to="/catalog"
      leftSection={<IconPlus size={14} />}
      data-testid="instances-install"
    >
      {text.install}
    </Button>
  );
}

function Nothing() {
  const may = useMay('instances:create');
  const { title, text: about, link, command } = text.empty;
  return (
    <EmptyState
      title={title}
      text={about}
      link={{ label: link, to: '/catalog' }}
      command={command}
      {...(may ? { action: <DemoButton /> } : {})}
    />
  );
}
