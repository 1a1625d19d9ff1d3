import { Button, Group, Stack, Text } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useMemo, useRef, useState } from 'react';
import { api } from '~/api/client';
import { useMay } from '~/api/me';
import { EmptyState, formatSort, PageHeader, parseSort, ResourceTable, Shown } from '~/components';
import { type Calm, calm } from '~/live/calm';
import { type Instance } from './data/instance';
import { listed } from './data/list-order';
import { type InstanceList, useInstances } from './data/use-instances';
import { BulkBar } from './list/bulk';
import { InstanceCard } from './list/card';
import { columnsOf } from './list/columns';
import { DemoButton } from './list/demo-button';
import { Filters } from './list/filters';
import { type InstancesSearch, SORTS } from './search';
import { text } from './text';

const DEFAULT_SORT = '-created_at';
const COUNT_FRESH_MS = 10_000;

export default function InstancesPage() {
  const search = useSearch({ from: '/inside/instances' });
  const navigate = useNavigate({ from: '/instances' });
  const put = (next: InstancesSearch): void => void navigate({ search: next, replace: true });
  const { sort = DEFAULT_SORT, ...filter } = search;
  const clear = (): void => put(sort === DEFAULT_SORT ? {} : { sort });
  const loaded = useInstances(search);
  const list = useCalmRows(loaded, search);
  const selection = useSelection(list.rows);
  const templates = useTemplateNames();
  // The same at each render: rows are drawn again for other columns.
  const columns = useMemo(() => columnsOf(templates), [templates]);
  return (
    <>
      <PageHeader title={text.title} description={text.description} actions={<InstallButton />} />
      <Stack gap="sm">
        <Group justify="space-between">
          <Filters search={search} onChange={put} />
          <Count total={list.total} filter={filter} onClear={clear} />
          {list.arrivals > 0 && (
            <Button size="compact-sm" variant="light" onClick={list.release} data-testid="instances-arrivals">
              {text.arrivals(list.arrivals)}
            </Button>
          )}
        </Group>
        <BulkBar rows={selection.rows} onDone={() => selection.onChange(new Set())} />
        <div onPointerEnter={list.hold} onPointerLeave={list.release}>
          <ResourceTable
            label={text.label}
            testId="instances-table"
            columns={columns}
            rows={list.rows}
            rowId={({ id }) => id}
            rowName={({ name }) => name}
            query={loaded.query}
            window={{ first: loaded.first, total: list.total, onView: loaded.onView }}
            empty={<Nothing />}
            filtered={Object.keys(filter).length > 0}
            onClearFilter={clear}
            onOpen={({ name }) => void navigate({ to: '/instances/$name', params: { name } })}
            selection={selection}
            sort={parseSort(sort)}
            onSort={(next) => {
              const known = SORTS.find((one) => one === formatSort(next));
              put({ ...filter, ...(known === undefined ? {} : { sort: known }) });
            }}
            card={(row) => <InstanceCard row={row} />}
          />
        </div>
      </Stack>
    </>
  );
}

interface CountProps {
  readonly total: number;
  readonly filter: object;
  readonly onClear: () => void;
}

/** How many there are, or how many of all of them a filter lets through. */
function Count({ total, filter, onClear }: CountProps) {
  const isFiltered = Object.keys(filter).length > 0;
  const { data } = api.useQuery(
    'get',
    '/api/v1/mcp/instances',
    { params: { query: { limit: 1, count: true } } },
    { enabled: isFiltered, staleTime: COUNT_FRESH_MS },
  );
  const all = data?.total ?? total;
  if (isFiltered && all > total) return <Shown shown={total} total={all} onClear={onClear} />;
  if (total === 0) return null;
  return (
    <Text size="sm" c="dimmed" className="q-figures">
      {text.total(total)}
    </Text>
  );
}

interface CalmList extends Calm<Instance> {
  readonly total: number;
  readonly hold: () => void;
  readonly release: () => void;
}

/** Rows in their order, which stands still while somebody points at them. */
function useCalmRows({ rows, first, pages, total }: InstanceList, search: InstancesSearch): CalmList {
  const { sort = DEFAULT_SORT } = search;
  const current = useMemo(() => listed(rows, search, sort), [rows, search, sort]);
  // Pages that scrolling brings and takes away are no arrivals.
  const place = `${first}/${pages}`;
  const [frozen, setFrozen] = useState<{ readonly ids: readonly string[]; readonly place: string }>();
  const held = frozen?.place === place ? frozen.ids : undefined;
  const latest = useRef({ ids: current.map(({ id }) => id), place });
  latest.current = { ids: current.map(({ id }) => id), place };
  if (frozen !== undefined && held === undefined) setFrozen(latest.current);
  const known = useMemo(() => new Map(rows.map((row) => [row.id, row])), [rows]);
  const shown = calm(current, held, ({ id }) => id, known);
  return {
    ...shown,
    total: total + shown.rows.length - rows.length,
    hold: () => setFrozen(latest.current),
    release: () => setFrozen(undefined),
  };
}

/** What is selected, also when it is scrolled out of view. */
function useSelection(rows: readonly Instance[]) {
  const [selected, setSelected] = useState<ReadonlyMap<string, Instance>>(new Map());
  return {
    rows: useMemo(() => [...selected.values()], [selected]),
    selected: useMemo(() => new Set(selected.keys()), [selected]),
    onChange: (ids: ReadonlySet<string>): void => {
      const known = new Map([...selected, ...rows.map((row) => [row.id, row] as const)]);
      setSelected(
        new Map(
          [...ids].flatMap((id) => {
            const row = known.get(id);
            return row === undefined ? [] : [[id, row] as const];
          }),
        ),
      );
    },
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
