import { Button, Paper, SimpleGrid, Skeleton, Stack, Title } from '@mantine/core';
import { useState } from 'react';
import { api } from '~/api/client';
import { useMay, useMe } from '~/api/me';
import { type components } from '~/api/schema.gen';
import { EmptyState, PageHeader, ProblemCard, RelativeTime, ResourceTable, UsageBar } from '~/components';
import { formatBytes, formatNumber } from '~/design/format';
import { ChangeLimits } from './quotas/change-limits';
import { text } from './text';

type Use = components['schemas']['ResourceUseDto'];
type Call = components['schemas']['CallUseDto'];
type Quota = components['schemas']['QuotaDto'];
const words = text.quotas;
const CALLS_SHOWN = 100;

/** What is used of what may be used. */
export default function QuotasPage() {
  const [isChanging, setChanging] = useState(false);
  const mayWrite = useMay('quotas:write');
  const usage = api.useQuery('get', '/api/v1/usage');
  const change = mayWrite && usage.data !== undefined && (
    <Button onClick={() => setChanging(true)} data-testid="quotas-change">
      {words.change}
    </Button>
  );
  return (
    <>
      <PageHeader
        title={words.title}
        crumbs={[{ label: text.admin }]}
        description={words.about}
        actions={change}
      />
      <Stack gap="lg">
        {usage.error !== null && <ProblemCard problem={usage.error} onRetry={() => void usage.refetch()} />}
        {usage.isPending && <Skeleton height={160} />}
        {usage.data !== undefined && <Bars resources={usage.data.resources} />}
        <OwnQuotas />
        <Title order={2}>{words.calls}</Title>
        <ResourceTable<Call>
          label={words.calls}
          testId="quota-calls"
          columns={CALL_COLUMNS}
          rows={(usage.data?.calls ?? []).slice(0, CALLS_SHOWN)}
          rowId={({ day, instance_id: id, tool_name: tool }) => `${day} ${id ?? ''} ${tool ?? ''}`}
          query={usage}
          empty={<EmptyState {...words.noCalls} />}
        />
      </Stack>
      {usage.data !== undefined && (
        <ChangeLimits usage={usage.data} opened={isChanging} onClose={() => setChanging(false)} />
      )}
    </>
  );
}

const Bars = ({ resources }: { readonly resources: readonly Use[] }) => (
  <Paper withBorder p="md">
    <Title order={2} mb="sm">
      {words.ofWorkspace}
    </Title>
    <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="lg" data-testid="quota-bars">
      {resources.map(({ resource, used, limit }) => (
        <UsageBar
          key={resource}
          label={words.resources[resource]}
          used={used}
          limit={limit}
          format={resource === 'memory_bytes' ? formatBytes : formatNumber}
        />
      ))}
    </SimpleGrid>
  </Paper>
);

function OwnQuotas() {
  const isAllowed = useMay('quotas:read');
  const { data: me } = useMe();
  const query = api.useQuery('get', '/api/v1/quotas', {}, { enabled: isAllowed });
  if (!isAllowed) return null;
  const rows = (query.data?.quotas ?? []).filter(({ scope_id: id }) => id !== me?.workspace_id);
  return (
    <>
      <Title order={2}>{words.own}</Title>
      <ResourceTable<Quota>
        label={words.own}
        testId="quotas"
        columns={QUOTA_COLUMNS}
        rows={rows}
        rowId={({ scope, scope_id: id }) => `${scope} ${id}`}
        query={query}
        empty={<EmptyState {...words.noQuotas} />}
      />
    </>
  );
}

const limitsIn = ({ limits }: Quota): string =>
  Object.entries(limits)
    .filter(([, limit]) => limit !== null)
    .map(([resource, limit]) => `${resource}: ${formatNumber(Number(limit))}`)
    .join(', ');

const QUOTA_COLUMNS = [
  { id: 'scope', header: words.scope, cell: ({ scope, scope_id: id }: Quota) => `${scope} ${id}` },
  { id: 'limits', header: words.limits, cell: limitsIn },
  { id: 'changed', header: text.changed, cell: ({ updated_at: at }: Quota) => <RelativeTime at={at} /> },
] as const;

const CALL_COLUMNS = [
  { id: 'day', header: words.day, cell: ({ day }: Call) => day },
  { id: 'server', header: words.server, cell: ({ server_name: name }: Call) => name ?? text.none },
  { id: 'tool', header: words.tool, cell: ({ tool_name: name }: Call) => name ?? text.none },
  { id: 'calls', header: words.count, cell: ({ calls }: Call) => formatNumber(calls), align: 'right' },
  { id: 'failed', header: words.failed, cell: ({ failed }: Call) => formatNumber(failed), align: 'right' },
] as const;
