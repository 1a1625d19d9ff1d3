import { Stack, Text } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { rest } from '~/api/client';
import { type components } from '~/api/schema.gen';
import { Actor, type Column, EmptyState, JsonView, Mono, RelativeTime, ResourceTable } from '~/components';
import { useTopic } from '~/live/live';
import { text } from '../detail-text';
import { type PanelProps } from './panel';

type Schemas = components['schemas'];
type Event = Schemas['HistoryEntryDto'];

const words = text.events;
const LIMIT = 100;
const PREFIX = 'mcp.instance.';

const COLUMNS: readonly Column<Event>[] = [
  { id: 'time', header: words.time, cell: ({ at }) => <RelativeTime at={at} /> },
  { id: 'what', header: words.what, cell: ({ name }) => <Mono>{name.replace(PREFIX, '')}</Mono> },
  {
    ...{ id: 'why', header: words.why },
    cell: ({ reason }) => (
      <Text size="sm" lineClamp={3}>
        {reason}
      </Text>
    ),
  },
  { id: 'who', header: words.who, hideBelow: 'sm', cell: ({ actor }) => <Actor id={actor} /> },
  {
    ...{ id: 'generation', header: words.generation, align: 'right', hideBelow: 'sm' },
    cell: ({ generation }) => generation,
  },
];

async function readEvents(
  id: string,
  cursor: string | undefined,
  signal: AbortSignal,
): Promise<Schemas['HistoryDto']> {
  const query = { limit: LIMIT, ...(cursor === undefined ? {} : { cursor }) };
  const { data, error } = await rest.GET('/api/v1/mcp/instances/{id}/events', {
    params: { path: { id }, query },
    signal,
  });
  if (error !== undefined) throw error;
  return data;
}

/** What happened, why, and by whom; a row opens to what the event carries. */
export default function EventsTab({ instance }: PanelProps) {
  const [open, setOpen] = useState<Event>();
  const query = useInfiniteQuery({
    queryKey: ['instance-events', instance.id],
    queryFn: ({ pageParam, signal }) => readEvents(instance.id, pageParam, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next_cursor: next }: Schemas['HistoryDto']) => next ?? undefined,
  });
  useTopic('instances', (frames) => {
    if (frames.some((frame) => frame['instance_id'] === instance.id)) void query.refetch();
  });
  const rows = query.data?.pages.flatMap(({ events }) => events) ?? [];
  return (
    <Stack gap="md">
      <ResourceTable
        label={words.label}
        testId="instance-events"
        columns={COLUMNS}
        rows={rows}
        rowId={({ id }) => id}
        rowName={({ name }) => name}
        query={query}
        empty={<EmptyState title={words.none} text={words.noneText} />}
        hasMore={query.hasNextPage}
        onMore={() => void query.fetchNextPage()}
        onOpen={(row) => setOpen(row.id === open?.id ? undefined : row)}
        card={(row) => <EventCard event={row} />}
      />
      {open !== undefined && <JsonView value={open} label={words.data} testId="instance-event" />}
    </Stack>
  );
}

const EventCard = ({ event: { name, reason, at, actor } }: { readonly event: Event }) => (
  <Stack gap={2}>
    <Mono>{name.replace(PREFIX, '')}</Mono>
    <Text size="sm">{reason}</Text>
    <Text size="xs" c="dimmed">
      <RelativeTime at={at} /> · <Actor id={actor} />
    </Text>
  </Stack>
);
