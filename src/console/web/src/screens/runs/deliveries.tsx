import { Button, Stack, Text, Title } from '@mantine/core';
import { api } from '~/api/client';
import { useMay } from '~/api/me';
import { type components } from '~/api/schema.gen';
import {
  type Column,
  Mono,
  notifyDone,
  notifyProblem,
  Reason,
  RelativeTime,
  ResourceTable,
  StatusBadge,
} from '~/components';
import { useTopic } from '~/live/live';
import { text } from './text';
import { useSoon } from './use-run';

type Delivery = components['schemas']['NotificationDto'];
const words = text.deliveries;
/** While something of it is on its way. */
const ASK_AGAIN_MS = 2_000;
const SHOWN_MAX = 50;

/** What was sent about a run, to whom, and what they answered. */
export function Deliveries({ runId }: { readonly runId: string }) {
  const may = useMay('notifications:read');
  const query = api.useQuery(
    'get',
    '/api/v1/notifications',
    { params: { query: { run_id: runId, limit: SHOWN_MAX } } },
    {
      enabled: may,
      refetchInterval: ({ state }) =>
        state.data?.notifications.some(({ settled_at: end }) => end === null) === true ? ASK_AGAIN_MS : false,
    },
  );
  const askSoon = useSoon(() => void query.refetch());
  useTopic('pipelines', (frames) => {
    if (may && frames.some(({ run_id: id }) => id === runId)) askSoon();
  });
  if (!may) return null;
  return (
    <Stack gap="xs" component="section" aria-label={words.title} data-testid="run-deliveries">
      <Title order={2}>{words.title}</Title>
      <ResourceTable
        label={words.label}
        testId="run-deliveries-table"
        columns={columnsOf(askSoon)}
        rows={query.data?.notifications ?? []}
        rowId={({ id }) => id}
        query={query}
        empty={
          <Text size="sm" c="dimmed">
            {words.none}
          </Text>
        }
      />
    </Stack>
  );
}

const columnsOf = (onSent: () => void): readonly Column<Delivery>[] => [
  { id: 'event', header: words.event, cell: ({ event }) => <Mono>{event}</Mono> },
  {
    id: 'target',
    header: words.target,
    hideBelow: 'sm',
    cell: ({ target, channel }) => (
      <>
        <Mono>{target}</Mono>
        <Reason text={channel} />
      </>
    ),
  },
  {
    id: 'status',
    header: words.status,
    cell: ({ status, reason }) => (
      <>
        <StatusBadge family="delivery" status={status} />
        <Reason text={reason} />
      </>
    ),
  },
  { id: 'answer', header: words.answer, cell: ({ response_status: answer }) => answer ?? '' },
  { id: 'at', header: words.at, hideBelow: 'md', cell: ({ created_at: at }) => <RelativeTime at={at} /> },
  {
    id: 'again',
    header: '',
    align: 'right',
    cell: (delivery) => <Again delivery={delivery} onSent={onSent} />,
  },
];

function Again({ delivery, onSent }: { readonly delivery: Delivery; readonly onSent: () => void }) {
  const may = useMay('notifications:write');
  const send = api.useMutation('post', '/api/v1/notifications/{id}/redeliver', {
    onSuccess: () => {
      notifyDone(words.redelivered);
      onSent();
    },
    onError: (error) => notifyProblem(error),
  });
  if (!may) return null;
  return (
    <Button
      size="compact-xs"
      variant="default"
      loading={send.isPending}
      onClick={() => send.mutate({ params: { path: { id: delivery.id } } })}
      data-testid="run-redeliver"
    >
      {words.redeliver}
    </Button>
  );
}
