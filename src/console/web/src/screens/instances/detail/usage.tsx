import { Stack, Text } from '@mantine/core';
import { api } from '~/api/client';
import { ProblemCard, UsageBar } from '~/components';
import { formatBytes, formatNumber } from '~/design/format';
import { type Instance } from '../data/instance';
import { text } from '../detail-text';
import { type PanelProps } from './panel';

const REFRESH_MS = 10_000;
const words = text.overview;
const tenth = (value: number): string => formatNumber(Math.round(value * 10) / 10);

/** What its containers use now, beside what they may. */
export function Usage({ instance }: PanelProps) {
  if (instance.json_spec.type === 'url') return <Text c="dimmed">{words.noUse}</Text>;
  return <LocalUsage instance={instance} />;
}

function LocalUsage({ instance }: PanelProps) {
  const { data, error, refetch } = api.useQuery(
    'get',
    '/api/v1/mcp/instances/{id}/stats',
    { params: { path: { id: instance.id } } },
    { refetchInterval: REFRESH_MS },
  );
  if (error !== null && data === undefined)
    return <ProblemCard problem={error} onRetry={() => void refetch()} />;
  if (data?.replicas.length === 0) return <Text c="dimmed">{words.notRunning}</Text>;
  return (
    <Stack gap="md">
      {data?.replicas.map((use) => (
        <Stack key={use.replica} gap="xs">
          {data.replicas.length > 1 && <Text fw={500}>{words.replica(use.replica)}</Text>}
          <UsageBar label={words.cpu} used={use.cpu_percent} limit={coresOf(instance)} format={tenth} />
          <UsageBar
            label={words.memory}
            used={use.memory_bytes}
            limit={use.memory_limit_bytes}
            format={formatBytes}
          />
          <UsageBar label={words.processes} used={use.pids} limit={null} />
        </Stack>
      ))}
    </Stack>
  );
}

const PERCENT = 100;

/** As it was asked for; what the engine gives otherwise it does not tell. */
function coresOf({ json_spec: spec }: Instance): number | null {
  const { resources } = spec as { readonly resources?: { readonly cpu_limit?: string | number } };
  const cores = Number(resources?.cpu_limit ?? Number.NaN);
  return Number.isFinite(cores) ? cores * PERCENT : null;
}
