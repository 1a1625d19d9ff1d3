import { Card, SimpleGrid, Skeleton, Stack, Title } from '@mantine/core';
import { api } from '~/api/client';
import { ProblemCard } from '~/components';
import { text } from '../detail-text';
import { Containers } from './containers';
import { Facts } from './facts';
import { HealthStrip } from './health-strip';
import { LastError } from './last-error';
import { type PanelProps } from './panel';
import { ProbeStrip } from './probe-strip';
import { Usage } from './usage';

const REFRESH_MS = 30_000;
const PROBES_MS = 10_000;

export function OverviewTab({ instance }: PanelProps) {
  return (
    <Stack gap="md">
      {instance.last_error !== undefined && instance.status !== 'running' && (
        <LastError error={instance.last_error} />
      )}
      <Card>
        <Title order={2} mb="sm">
          {text.overview.health}
        </Title>
        <Health instance={instance} />
        <Title order={3} mt="md" mb="xs" size="h5">
          {text.overview.probes}
        </Title>
        <Probes instance={instance} />
      </Card>
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="md">
        <Card>
          <Title order={2} mb="sm">
            {text.overview.facts}
          </Title>
          <Facts instance={instance} />
        </Card>
        <Card>
          <Title order={2} mb="sm">
            {text.overview.limits}
          </Title>
          <Usage instance={instance} />
        </Card>
      </SimpleGrid>
      <Containers instance={instance} />
      {instance.last_error !== undefined && instance.status === 'running' && (
        <LastError error={instance.last_error} />
      )}
    </Stack>
  );
}

function Health({ instance }: PanelProps) {
  const { data, error, refetch } = api.useQuery(
    'get',
    '/api/v1/mcp/instances/{id}/metrics',
    { params: { path: { id: instance.id }, query: { window: '24h' } } },
    { refetchInterval: REFRESH_MS },
  );
  if (data !== undefined) return <HealthStrip phases={data.phases} from={data.from} />;
  return error === null ? (
    <Skeleton height={44} />
  ) : (
    <ProblemCard problem={error} onRetry={() => void refetch()} />
  );
}

function Probes({ instance }: PanelProps) {
  const { data, error, refetch } = api.useQuery(
    'get',
    '/api/v1/mcp/instances/{id}/stats',
    { params: { path: { id: instance.id } } },
    { refetchInterval: PROBES_MS },
  );
  if (data !== undefined) return <ProbeStrip probes={data.probes} />;
  return error === null ? (
    <Skeleton height={44} />
  ) : (
    <ProblemCard problem={error} onRetry={() => void refetch()} />
  );
}
