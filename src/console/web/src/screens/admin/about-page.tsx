import { Anchor, Group, List, Paper, SimpleGrid, Skeleton, Stack, Text, Title } from '@mantine/core';
import { api } from '~/api/client';
import { type components } from '~/api/schema.gen';
import { addressOf } from '~/api/streams';
import {
  EmptyState,
  Mark,
  Mono,
  Notice,
  PageHeader,
  ProblemCard,
  RelativeTime,
  ResourceTable,
} from '~/components';
import { formatDuration } from '~/design/format';
import { type Tone } from '~/design/status-tone';
import { aboutText as words } from './more-text';
import { text } from './text';

type Health = components['schemas']['HealthDto'];
type Part = components['schemas']['HealthCheckDto'] & { readonly name: string };

const REFRESH_MS = 10_000;
const MS_PER_S = 1_000;
const TONES: Readonly<Record<string, Tone>> = { healthy: 'good', degraded: 'warn', unhealthy: 'bad' };

/** What runs here, how its parts are, and where more is written. */
export default function AboutPage() {
  const query = api.useQuery('get', '/health', {}, { refetchInterval: REFRESH_MS });
  // An unhealthy answer has the same content as a healthy one.
  const health = query.data ?? (query.error as Health | null) ?? undefined;
  const isReport = health?.status !== undefined && health.checks !== undefined;
  const parts = Object.entries(health?.checks ?? {}).map(([name, check]) => ({ name, ...check }));
  return (
    <>
      <PageHeader title={words.title} crumbs={[{ label: text.admin }]} />
      {query.isPending && <Skeleton height={200} />}
      {query.error !== null && !isReport && (
        <ProblemCard problem={query.error} onRetry={() => void query.refetch()} />
      )}
      <Stack gap="md">
        {isReport && <Facts health={health} />}
        {isReport && <Relaxations relaxations={health.relaxations ?? []} />}
        {isReport && (
          <ResourceTable<Part>
            label={words.checks}
            testId="about-parts"
            columns={COLUMNS}
            rows={parts}
            rowId={({ name }) => name}
            query={{ isPending: false, error: null }}
            empty={<EmptyState title={words.checks} text="" />}
          />
        )}
        <Documents />
      </Stack>
    </>
  );
}

const Facts = ({ health }: { readonly health: Health }) => {
  const facts = [
    [words.version, health.version],
    [words.role, health.role],
    [words.uptime, formatDuration((health.uptime_s ?? 0) * MS_PER_S)],
    [words.database, health.database_mode],
    [words.queue, health.queue_mode],
    [words.engine, health.engine],
  ] as const;
  return (
    <Paper withBorder p="md" data-testid="about-facts">
      <Group gap="sm" mb="sm">
        <Title order={2}>{words.health}</Title>
        <Mark tone={TONES[health.status] ?? 'idle'}>{health.status}</Mark>
      </Group>
      <SimpleGrid cols={{ base: 1, xs: 2, sm: 3 }}>
        {facts.map(([label, value]) => (
          <div key={label}>
            <Text size="xs" c="dimmed">
              {label}
            </Text>
            <Text>{value ?? text.none}</Text>
          </div>
        ))}
      </SimpleGrid>
    </Paper>
  );
};

const Relaxations = ({ relaxations }: { readonly relaxations: readonly string[] }) =>
  relaxations.length === 0 ? (
    <Text size="sm" c="dimmed">
      {words.noRelaxations}
    </Text>
  ) : (
    <Notice tone="warn" title={words.relaxations} testId="about-relaxations">
      <List size="sm">
        {relaxations.map((relaxation) => (
          <List.Item key={relaxation}>{relaxation}</List.Item>
        ))}
      </List>
    </Notice>
  );

const COLUMNS = [
  { id: 'part', header: words.part, cell: ({ name }: Part) => <Mono>{name}</Mono> },
  {
    id: 'state',
    header: words.state,
    cell: ({ status }: Part) => <Mark tone={status === 'up' ? 'good' : 'bad'}>{words[status]}</Mark>,
  },
  {
    id: 'detail',
    header: words.detail,
    cell: ({ detail, mode }: Part) => (mode === undefined ? detail : `${detail} (${mode})`),
  },
  {
    id: 'latency',
    header: words.latency,
    cell: ({ latency_ms: latency }: Part) => formatDuration(latency),
    align: 'right',
    hideBelow: 'md',
  },
  {
    id: 'since',
    header: words.since,
    cell: ({ since }: Part) => <RelativeTime at={since} />,
    hideBelow: 'sm',
  },
] as const;

const Documents = () => (
  <Paper withBorder p="md">
    <Title order={2} mb="sm">
      {words.documents}
    </Title>
    <Group gap="lg">
      {words.links.map(({ label, path }) => (
        <Anchor key={path} href={addressOf(path)} target="_blank" rel="noreferrer">
          {label}
        </Anchor>
      ))}
    </Group>
  </Paper>
);
