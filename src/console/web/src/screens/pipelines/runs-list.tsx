import { Chip, Group, Progress, Stack } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { asks } from '~/api/asks';
import { rest } from '~/api/client';
import { type components } from '~/api/schema.gen';
import {
  Actor,
  CalmRows,
  type Column,
  Elapsed,
  EmptyState,
  Mono,
  Reason,
  RelativeTime,
  ResourceTable,
  StatusBadge,
} from '~/components';
import { useTopic } from '~/live/live';
import { useSoon } from '../runs/use-run';
import { RUN_STATUSES } from './search';
import { text } from './text';

type RunRow = components['schemas']['RunSummaryDto'];
type Status = NonNullable<Parameters<typeof pageOf>[1]>;
const words = text.runs;
const PAGE = 50;

interface RunsListProps {
  /** undefined: of all pipelines. */
  readonly pipelineId?: string;
  readonly status: string | undefined;
  readonly onStatus: (status: string | undefined) => void;
}

/** Runs, the newest first; what happens to them is told while they are on view. */
export function RunsList({ pipelineId, status, onStatus }: RunsListProps) {
  const navigate = useNavigate();
  const cache = useQueryClient();
  const queryKey = ['runs', pipelineId ?? 'all', status ?? 'all'];
  const query = useInfiniteQuery({
    queryKey,
    meta:
      pipelineId === undefined
        ? asks('/api/v1/runs', { query: { status } })
        : asks('/api/v1/pipelines/{id}/runs', { path: { id: pipelineId }, query: { status } }),
    queryFn: ({ pageParam }) => pageOf(pipelineId, status as Status | undefined, pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next_cursor: next }) => next ?? undefined,
  });
  const askSoon = useSoon(() => void cache.invalidateQueries({ queryKey }));
  useTopic('pipelines', (frames) => {
    const about = (one: Readonly<Record<string, unknown>>): boolean =>
      one['run_id'] !== undefined && (pipelineId === undefined || one['pipeline_id'] === pipelineId);
    if (frames.some(about)) askSoon();
  });
  return (
    <Stack gap="sm">
      <Chip.Group value={status ?? ''} onChange={(value) => onStatus(value === '' ? undefined : value)}>
        <Group gap={6} role="group" aria-label={words.filter}>
          {['', ...RUN_STATUSES].map((word) => (
            <Chip
              key={word}
              value={word}
              size="xs"
              variant="outline"
              data-testid={`runs-status-${word === '' ? 'all' : word}`}
            >
              {word === '' ? words.all : word.replaceAll('_', ' ')}
            </Chip>
          ))}
        </Group>
      </Chip.Group>
      <CalmRows
        rows={query.data?.pages.flatMap(({ runs }) => runs) ?? []}
        rowId={({ run_id: id }) => id}
        testId="runs"
      >
        {(shown) => (
          <ResourceTable
            label={words.list}
            testId="runs-table"
            columns={pipelineId === undefined ? COLUMNS : COLUMNS.filter(({ id }) => id !== 'pipeline')}
            rows={shown}
            rowId={({ run_id: id }) => id}
            query={query}
            empty={<EmptyState {...words.empty} />}
            filtered={status !== undefined}
            onClearFilter={() => onStatus(undefined)}
            onOpen={({ run_id: id }) => void navigate({ to: '/runs/$id', params: { id } })}
            hasMore={query.hasNextPage}
            onMore={() => void query.fetchNextPage()}
            card={(run) => (
              <Group justify="space-between" wrap="nowrap">
                <Stack gap={2} miw={0}>
                  <span>{run.pipeline_name}</span>
                  <Reason text={messageOf(run)} />
                  <RelativeTime at={run.created_at} />
                </Stack>
                <StatusBadge family="work" status={run.status} />
              </Group>
            )}
          />
        )}
      </CalmRows>
    </Stack>
  );
}

async function pageOf(
  pipelineId: string | undefined,
  status: 'pending' | 'running' | 'waiting_approval' | 'completed' | 'failed' | 'cancelled' | undefined,
  cursor: string | undefined,
): Promise<components['schemas']['RunPageDto']> {
  const query = {
    limit: PAGE,
    ...(status === undefined ? {} : { status }),
    ...(cursor === undefined ? {} : { cursor }),
  };
  const { data, error } =
    pipelineId === undefined
      ? await rest.GET('/api/v1/runs', { params: { query } })
      : await rest.GET('/api/v1/pipelines/{id}/runs', { params: { path: { id: pipelineId }, query } });
  if (data === undefined) throw error;
  return data;
}

function messageOf({ error }: RunRow): string | undefined {
  const message: unknown = (error as { message?: unknown } | null)?.message;
  return typeof message === 'string' ? message : undefined;
}

const COLUMNS: readonly Column<RunRow>[] = [
  { id: 'run', header: words.run, width: 100, cell: ({ run_id: id }) => <Mono>{id.slice(0, 8)}</Mono> },
  { id: 'pipeline', header: words.pipeline, cell: ({ pipeline_name: name }) => name },
  {
    id: 'status',
    header: words.status,
    cell: (run) => (
      <>
        <StatusBadge family="work" status={run.status} />
        <Reason text={messageOf(run)} />
      </>
    ),
  },
  {
    id: 'progress',
    header: words.progress,
    hideBelow: 'md',
    cell: ({ progress }) => <Progress value={progress * 100} size="sm" w={100} aria-label={words.progress} />,
  },
  {
    id: 'cause',
    header: words.cause,
    hideBelow: 'md',
    cell: ({ cause, started_by: who }) => (
      <>
        {cause}, <Actor id={who} />
      </>
    ),
  },
  { id: 'began', header: words.began, cell: ({ created_at: at }) => <RelativeTime at={at} /> },
  {
    id: 'took',
    header: words.took,
    align: 'right',
    hideBelow: 'sm',
    cell: ({ started_at: from, finished_at: to }) => (from === null ? '' : <Elapsed from={from} to={to} />),
  },
];
