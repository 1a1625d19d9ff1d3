import { Anchor, Group, Skeleton, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { asks } from '~/api/asks';
import { rest } from '~/api/client';
import { useMay } from '~/api/me';
import { Actor, Mono, ProblemCard, RelativeTime } from '~/components';
import classes from './overview.module.css';
import { text } from './text';

const SHOWN = 20;
/** Each page that is opened leaves one behind: they would be all there is to see. */
const OF_THE_CONSOLE_ITSELF = 'identity.ticket.issued';
const ASKED = 100;
const REFRESH_MS = 30_000;

/** The last things that somebody did. */
export function Latest() {
  const isAllowed = useMay('audit:read');
  const query = useQuery({
    // By a key of its own: the page of the trail keeps the same answer in another shape.
    queryKey: ['latest-changes'],
    queryFn: ({ signal }) => latestOf(signal),
    meta: asks('/api/v1/audit', { query: { limit: ASKED } }),
    enabled: isAllowed,
    refetchInterval: REFRESH_MS,
  });
  if (!isAllowed) return null;
  const entries = (query.data ?? []).filter(({ action }) => action !== OF_THE_CONSOLE_ITSELF);
  return (
    <section className={classes.card} aria-label={text.latest} data-testid="overview-latest">
      <Group justify="space-between" mb={8}>
        <Title order={2}>{text.latest}</Title>
        <Anchor component={Link} to="/admin/audit" size="sm">
          {text.allChanges}
        </Anchor>
      </Group>
      {query.error !== null && query.data === undefined && (
        <ProblemCard problem={query.error} onRetry={() => void query.refetch()} />
      )}
      {query.isPending && <Skeleton height={120} />}
      <Stack gap={4}>
        {entries.slice(0, SHOWN).map((entry) => (
          <Group key={entry.id} gap="xs" wrap="nowrap" justify="space-between">
            <Text size="sm" truncate title={`${entry.action} ${entry.resource_type}/${entry.resource_id}`}>
              <Mono>{entry.action}</Mono>{' '}
              <Text span size="sm" c="dimmed">
                {entry.resource_type}/{entry.resource_id} · <Actor id={entry.actor} />
              </Text>
            </Text>
            <Text size="xs" c="dimmed" style={{ whiteSpace: 'nowrap' }}>
              <RelativeTime at={entry.at} />
            </Text>
          </Group>
        ))}
      </Stack>
    </section>
  );
}

async function latestOf(signal: AbortSignal) {
  const { data, error } = await rest.GET('/api/v1/audit', { params: { query: { limit: ASKED } }, signal });
  if (error !== undefined) throw error;
  return data.entries;
}
