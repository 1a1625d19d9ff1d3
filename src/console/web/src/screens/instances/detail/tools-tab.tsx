import { Alert, Anchor, Group, Select, Skeleton, Stack, Text } from '@mantine/core';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { api } from '~/api/client';
import { EmptyState, ProblemCard, SearchInput } from '~/components';
import { formatNumber } from '~/design/format';
import { text } from '../detail-text';
import { type PanelProps } from './panel';
import { ToolPins } from './tool-pins';
import { ToolTable } from './tool-table';

const words = text.tools;
/** From here on choosing well gets hard for a model. */
const MANY = 40;

export default function ToolsTab({ instance }: PanelProps) {
  const [q, setQ] = useState('');
  const query = api.useQuery('get', '/api/v1/mcp/tools', {
    params: { query: { server_name: instance.name } },
  });
  const endpoints = useEndpointsOf(instance.name);
  const { endpoint: chosen } = useSearch({ from: '/inside/instances/$name' });
  if (query.data === undefined) {
    return query.error === null ? (
      <Skeleton height={240} aria-busy />
    ) : (
      <ProblemCard problem={query.error} onRetry={() => void query.refetch()} />
    );
  }
  const { tools, degraded } = query.data;
  const tokens = tools.reduce((sum, { estimated_tokens: one }) => sum + one, 0);
  const wanted = q.toLowerCase();
  const shown = tools.filter(({ name, description }) =>
    `${name} ${description}`.toLowerCase().includes(wanted),
  );
  return (
    <Stack gap="md">
      {degraded.map(({ reason }) => (
        <Alert key={reason} color="yellow" title={words.degraded}>
          {reason}
        </Alert>
      ))}
      <ToolPins instance={instance} />
      {tools.length === 0 ? (
        <EmptyState title={words.none} text={words.noneText} />
      ) : (
        <>
          <Group justify="space-between">
            <Text>{words.count(tools.length, formatNumber(tokens))}</Text>
            <Group gap="xs">
              <SearchInput value={q} onChange={setQ} label={words.search} testId="instance-tools-search" />
              <EndpointChoice names={endpoints.map(({ name }) => name)} />
            </Group>
          </Group>
          {tools.length >= MANY && <Alert color="yellow">{words.many(tools.length)}</Alert>}
          {endpoints.length === 0 ? (
            <NoEndpoint />
          ) : (
            chosen === undefined && <Text c="dimmed">{words.ownText}</Text>
          )}
          <ToolTable
            instance={instance}
            tools={shown}
            endpoint={endpoints.find(({ name }) => name === chosen)}
            onClear={() => setQ('')}
          />
        </>
      )}
    </Stack>
  );
}

function useEndpointsOf(instance: string) {
  const { data } = api.useQuery('get', '/api/v1/mcp/endpoints', { params: { query: { limit: 200 } } });
  return (data?.endpoints ?? []).filter(({ instances }) => instances.includes(instance));
}

/** Tools are switched and renamed where clients see them: at an endpoint. */
function EndpointChoice({ names }: { readonly names: readonly string[] }) {
  const { endpoint } = useSearch({ from: '/inside/instances/$name' });
  const navigate = useNavigate({ from: '/instances/$name' });
  if (names.length === 0) return null;
  return (
    <Select
      data={[...names]}
      value={endpoint ?? null}
      placeholder={words.ownEndpoint}
      aria-label={words.endpoint}
      clearable
      w={200}
      onChange={(next) =>
        void navigate({
          search: { tab: 'tools', ...(next === null ? {} : { endpoint: next }) },
          replace: true,
        })
      }
      data-testid="instance-tools-endpoint"
    />
  );
}

const NoEndpoint = () => (
  <Text c="dimmed">
    {words.noEndpoint}{' '}
    <Anchor component={Link} to="/connect">
      {words.makeEndpoint}
    </Anchor>
  </Text>
);
