import { Badge, Button, Group, Text, Title } from '@mantine/core';
import { api, rest } from '~/api/client';
import { queryClient } from '~/api/query-client';
import { type components } from '~/api/schema.gen';
import { EmptyState, Mono, notifyDone, notifyProblem, RelativeTime, ResourceTable } from '~/components';
import { text } from './text';

type Session = components['schemas']['OwnSessionDto'];

/** Every sign-in of one's own, with the means to end it. */
export function SessionTable() {
  const query = api.useQuery('get', '/api/v1/me/sessions');
  return (
    <section>
      <Title order={2}>{text.sessions}</Title>
      <Text size="sm" c="dimmed" mb="sm">
        {text.sessionsAbout}
      </Text>
      <ResourceTable<Session>
        label={text.sessions}
        testId="me-sessions"
        columns={COLUMNS}
        rows={query.data?.sessions ?? []}
        rowId={({ id }) => id}
        query={query}
        empty={<EmptyState {...text.noSessions} />}
      />
    </section>
  );
}

const COLUMNS = [
  {
    id: 'kind',
    header: text.session,
    cell: ({ kind, current }: Session) => (
      <Group gap={6}>
        {kind}
        {current && <Badge variant="default">{text.thisOne}</Badge>}
      </Group>
    ),
  },
  { id: 'from', header: text.from, cell: ({ address }: Session) => <Mono>{address ?? '–'}</Mono> },
  { id: 'seen', header: text.seen, cell: ({ last_seen_at: at }: Session) => <RelativeTime at={at} /> },
  {
    id: 'began',
    header: text.began,
    cell: ({ created_at: at }: Session) => <RelativeTime at={at} />,
    hideBelow: 'sm',
  },
  {
    id: 'ends',
    header: text.ends,
    cell: ({ expires_at: at }: Session) => <RelativeTime at={at} />,
    hideBelow: 'md',
  },
  {
    id: 'actions',
    header: text.actions,
    cell: ({ id, current }: Session) =>
      !current && (
        <Button size="compact-xs" variant="default" onClick={() => void end(id)} data-testid="me-end-session">
          {text.end}
        </Button>
      ),
  },
] as const;

async function end(id: string): Promise<void> {
  const { error } = await rest.DELETE('/api/v1/me/sessions/{id}', { params: { path: { id } } });
  if (error !== undefined) {
    notifyProblem(error);
    return;
  }
  notifyDone(text.ended);
  await queryClient.invalidateQueries({ queryKey: ['get', '/api/v1/me/sessions'] });
}
