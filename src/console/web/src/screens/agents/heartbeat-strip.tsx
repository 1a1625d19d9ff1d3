import { Stack, Text } from '@mantine/core';
import { api } from '~/api/client';
import { ProblemCard } from '~/components';
import { formatAbsolute, formatPercent } from '~/design/format';
import classes from './heartbeat-strip.module.css';
import { text } from './text';

const REFETCH_MS = 5_000;
/** A load of nothing is still a heartbeat. */
const LOWEST = 25;
const WHOLE = 100;
const words = text.detail;

/** The newest heartbeats: a bar for each that came, as high as its load; hatched from top to bottom where one was missed. */
export function HeartbeatStrip({ id }: { readonly id: string }) {
  const query = api.useQuery(
    'get',
    '/api/v1/agents/{id}/heartbeats',
    { params: { path: { id } } },
    { refetchInterval: REFETCH_MS },
  );
  if (query.error !== null) return <ProblemCard problem={query.error} />;
  const { heartbeats = [], interval_s = 0, lease_s = 0 } = query.data ?? {};
  const missed = heartbeats.filter((beat) => beat.missed).length;
  return (
    <Stack gap={6} data-testid="agent-heartbeats">
      <Text size="sm">
        {heartbeats.length === 0 ? words.noHeartbeats : words.came(heartbeats.length - missed, missed)}
      </Text>
      <ol className={classes.strip} aria-label={words.heartbeats}>
        {heartbeats.map(({ at, missed: isMissed, load }) => (
          <li
            key={at}
            className={isMissed ? `${classes.beat} ${classes.missed}` : classes.beat}
            style={isMissed ? undefined : { height: `${LOWEST + (load ?? 0) * (WHOLE - LOWEST)}%` }}
            title={`${formatAbsolute(at)}: ${isMissed ? words.missed : `${words.load} ${formatPercent(load ?? 0)}`}`}
          />
        ))}
      </ol>
      <Text size="xs" c="dimmed">
        {words.heartbeatsHint(interval_s, lease_s)}
      </Text>
    </Stack>
  );
}
