import { Button, Group, Menu, Stack, Tabs } from '@mantine/core';
import { IconChevronDown, IconPlus } from '@tabler/icons-react';
import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { asks } from '~/api/asks';
import { api, rest } from '~/api/client';
import { useMay } from '~/api/me';
import { type components } from '~/api/schema.gen';
import {
  CalmRows,
  type Column,
  EmptyState,
  PageHeader,
  Reason,
  RelativeTime,
  ResourceTable,
  SearchInput,
  Shown,
  StatusBadge,
} from '~/components';
import { useTopic } from '~/live/live';
import { useSoon } from '../runs/use-run';
import { RunsList } from './runs-list';
import { type PipelinesSearch } from './search';
import { text } from './text';

type Pipeline = components['schemas']['PipelineSummaryDto'];
const PAGE = 200;

export default function PipelinesPage() {
  const { tab = 'pipelines', q, status } = useSearch({ from: '/inside/pipelines' });
  const navigate = useNavigate({ from: '/pipelines' });
  const change = (search: PipelinesSearch): void => void navigate({ search, replace: true });
  return (
    <>
      <PageHeader title={text.title} description={text.description} actions={<Create />} />
      <Tabs
        value={tab}
        onChange={(value) => change(value === 'runs' ? { tab: 'runs' } : {})}
        keepMounted={false}
      >
        <Tabs.List mb="md">
          <Tabs.Tab value="pipelines">{text.tabs.pipelines}</Tabs.Tab>
          <Tabs.Tab value="runs" data-testid="pipelines-runs">
            {text.tabs.runs}
          </Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="pipelines">
          <PipelineList q={q ?? ''} onSearch={(next) => change(next === '' ? {} : { q: next })} />
        </Tabs.Panel>
        <Tabs.Panel value="runs">
          <RunsList
            status={status}
            onStatus={(next) =>
              change({ tab: 'runs', ...(next === undefined ? {} : { status: next as never }) })
            }
          />
        </Tabs.Panel>
      </Tabs>
    </>
  );
}

function Create() {
  const may = useMay('pipelines:create');
  const { data } = api.useQuery('get', '/api/v1/pipelines/templates', {}, { staleTime: Infinity });
  if (!may) return null;
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button
          leftSection={<IconPlus size={14} />}
          rightSection={<IconChevronDown size={14} />}
          data-testid="pipelines-create"
        >
          {text.create}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item component={Link} to="/pipelines/new" data-testid="pipelines-blank">
          {text.blank}
        </Menu.Item>
        <Menu.Label>{text.templates}</Menu.Label>
        {data?.templates.map(({ title }, at) => (
          <Menu.Item
            key={title}
            component={Link}
            to={`/pipelines/new?template=${at}`}
            data-testid={`pipelines-template-${at}`}
          >
            {title}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

function PipelineList({ q, onSearch }: { readonly q: string; readonly onSearch: (q: string) => void }) {
  const navigate = useNavigate();
  const cache = useQueryClient();
  const queryKey = ['pipelines'];
  const query = useInfiniteQuery({
    queryKey,
    meta: asks('/api/v1/pipelines'),
    queryFn: ({ pageParam }) => pageOf(pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next_cursor: next }) => next ?? undefined,
  });
  const askSoon = useSoon(() => void cache.invalidateQueries({ queryKey }));
  useTopic('pipelines', askSoon);
  const all = query.data?.pages.flatMap(({ pipelines }) => pipelines) ?? [];
  const wanted = q.toLowerCase();
  const rows = all.filter(({ name, description }) => `${name} ${description}`.toLowerCase().includes(wanted));
  return (
    <Stack gap="sm">
      <Group justify="space-between">
        <SearchInput value={q} onChange={onSearch} label={text.search} testId="pipelines-search" />
        <Shown shown={rows.length} total={all.length} onClear={() => onSearch('')} />
      </Group>
      <CalmRows rows={rows} rowId={({ id }) => id} testId="pipelines">
        {(shown) => (
          <ResourceTable
            label={text.list}
            testId="pipelines-table"
            columns={COLUMNS}
            rows={shown}
            rowId={({ id }) => id}
            query={query}
            empty={<EmptyState {...text.empty} action={<Create />} />}
            filtered={q !== ''}
            onClearFilter={() => onSearch('')}
            onOpen={({ id }) => void navigate({ to: '/pipelines/$id', params: { id } })}
            hasMore={query.hasNextPage}
            onMore={() => void query.fetchNextPage()}
            card={(pipeline) => (
              <Group justify="space-between" wrap="nowrap">
                <Stack gap={2} miw={0}>
                  <span>{pipeline.name}</span>
                  <Reason text={pipeline.description} />
                </Stack>
                {pipeline.last_run !== null && (
                  <StatusBadge family="work" status={pipeline.last_run.status} />
                )}
              </Group>
            )}
          />
        )}
      </CalmRows>
    </Stack>
  );
}

async function pageOf(cursor: string | undefined): Promise<components['schemas']['PipelinePageDto']> {
  const query = { limit: PAGE, ...(cursor === undefined ? {} : { cursor }) };
  const { data, error } = await rest.GET('/api/v1/pipelines', { params: { query } });
  if (data === undefined) throw error;
  return data;
}

const COLUMNS: readonly Column<Pipeline>[] = [
  {
    id: 'name',
    header: text.name,
    cell: ({ name, description }) => (
      <>
        {name}
        <Reason text={description} />
      </>
    ),
  },
  { id: 'stages', header: text.stages, align: 'right', width: 90, cell: ({ stage_count: count }) => count },
  {
    id: 'version',
    header: text.version,
    align: 'right',
    width: 90,
    hideBelow: 'md',
    cell: (one) => one.version,
  },
  {
    id: 'last',
    header: text.lastRun,
    cell: ({ last_run: run }) =>
      run === null ? (
        text.never
      ) : (
        <Group gap={6}>
          <StatusBadge family="work" status={run.status} />
          <RelativeTime at={run.created_at} />
        </Group>
      ),
  },
  {
    id: 'changed',
    header: text.changed,
    hideBelow: 'md',
    cell: ({ updated_at: at }) => <RelativeTime at={at} />,
  },
];
