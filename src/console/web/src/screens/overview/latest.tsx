import { Anchor, Group, Skeleton, Stack, Text, Title } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { api } from '~/api/client';
import { useMay } from '~/api/me';
import { Mono, ProblemCard, RelativeTime } from '~/components';
import classes from './overview.module.css';
import { text } from './text';

const SHOWN = 20;
const REFRESH_MS = 30_000;

/** The last things that somebody did. */
export function Latest() {
  const isAllowed = useMay('audit:read');
  const query = api.useQuery(
    'get',
    '/api/v1/audit',
    { params: { query: { limit: SHOWN } } },
    { enabled: isAllowed, refetchInterval: REFRESH_MS },
  );
  if (!isAllowed) return null;
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
        {(query.data?.entries ?? []).map((entry) => (
          <Group key={entry.id} gap="xs" wrap="nowrap" justify="space-between">
            <Text size="sm" truncate title={`${entry.action} ${entry.resource_type}/${entry.resource_id}`}>
              <Mono>{entry.action}</Mono>{' '}
              <Text span size="sm" c="dimmed">
                {entry.resource_type}/{entry.resource_id} · {entry.actor}
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
