import { Button } from '@mantine/core';
import { api, rest } from '~/api/client';
import { useMay } from '~/api/me';
import { queryClient } from '~/api/query-client';
import { type components } from '~/api/schema.gen';
import {
  EmptyState,
  Mono,
  notifyProblem,
  Reason,
  RelativeTime,
  ResourceTable,
  StatusBadge,
} from '~/components';
import { useTopic } from '~/live/live';
import { act } from '../act';
import { webhookText as words } from '../more-text';
import { text } from '../text';

type Delivery = components['schemas']['NotificationDto'];
const PATH = '/api/v1/notifications';

/** What was sent to whom, the newest first, by webhook and by mail. */
export function DeliveryTable() {
  const query = api.useInfiniteQuery(
    'get',
    PATH,
    { params: { query: { limit: 100 } } },
    {
      pageParamName: 'cursor',
      initialPageParam: null as string | null,
      getNextPageParam: (page) => page.next_cursor,
    },
  );
  useTopic('notifications', () => void queryClient.invalidateQueries({ queryKey: ['get', PATH] }));
  return (
    <ResourceTable<Delivery>
      label={words.tabs.deliveries}
      testId="deliveries"
      columns={COLUMNS}
      rows={query.data?.pages.flatMap(({ notifications }) => notifications) ?? []}
      rowId={({ id }) => id}
      query={query}
      empty={<EmptyState {...words.noDeliveries} />}
      hasMore={query.hasNextPage}
      onMore={() => void query.fetchNextPage()}
    />
  );
}

const COLUMNS = [
  { id: 'event', header: words.event, cell: ({ event }: Delivery) => <Mono>{event}</Mono> },
  {
    id: 'target',
    header: words.target,
    cell: ({ target }: Delivery) => <Mono>{target}</Mono>,
    hideBelow: 'sm',
  },
  {
    id: 'status',
    header: text.status,
    cell: ({ status, reason }: Delivery) => (
      <>
        <StatusBadge family="delivery" status={status} />
        <Reason text={reason?.replaceAll('_', ' ')} />
      </>
    ),
  },
  {
    id: 'answer',
    header: words.answer,
    cell: ({ response_status: status }: Delivery) => status ?? text.none,
    align: 'right',
    hideBelow: 'md',
  },
  {
    id: 'tries',
    header: words.tries,
    cell: ({ attempts }: Delivery) => attempts,
    align: 'right',
    hideBelow: 'md',
  },
  {
    id: 'next',
    header: words.next,
    cell: ({ next_attempt_at: at }: Delivery) => <RelativeTime at={at} empty={text.none} />,
    hideBelow: 'md',
  },
  { id: 'when', header: words.when, cell: ({ created_at: at }: Delivery) => <RelativeTime at={at} /> },
  { id: 'actions', header: text.actions, cell: (row: Delivery) => <Redeliver delivery={row} /> },
] as const;

function Redeliver({ delivery: { id, status } }: { readonly delivery: Delivery }) {
  const mayWrite = useMay('notifications:write');
  if (!mayWrite || status === 'pending' || status === 'retrying') return null;
  const again = (): void => {
    act(
      rest.POST('/api/v1/notifications/{id}/redeliver', { params: { path: { id } } }),
      words.wasRedelivered,
    ).catch((error: unknown) => notifyProblem(error));
  };
  return (
    <Button size="compact-xs" variant="default" onClick={again} data-testid="deliveries-redeliver">
      {words.redeliver}
    </Button>
  );
}
