import { Group, List, Stack, Text } from '@mantine/core';
import { api } from '~/api/client';
import { Mono, ProblemCard, Reason, StatusBadge } from '~/components';
import { type Definition } from '../data';
import { TextLink } from '../links';
import { text } from '../text';

const words = text.detail;
const MAX = 50;

const useUsers = (definition: Definition) =>
  api.useQuery('get', '/api/v1/mcp/instances', {
    params: { query: { server_spec_id: definition.id, limit: MAX } },
  });

export function Users({ definition }: { readonly definition: Definition }) {
  const { data, error, refetch } = useUsers(definition);
  if (error !== null) return <ProblemCard problem={error} onRetry={() => void refetch()} />;
  const instances = data?.instances ?? [];
  if (instances.length === 0) return <Text c="dimmed">{words.noUsers}</Text>;
  return (
    <Stack gap={6} data-testid="catalog-users">
      {instances.map(({ id, name, status, reason }) => (
        <Group key={id} gap="sm">
          <TextLink to="/instances/$name" params={{ name }}>
            {name}
          </TextLink>
          <StatusBadge family="instance" status={status} />
          <Reason text={reason} />
        </Group>
      ))}
    </Stack>
  );
}

/** What a definition offers is known where one of its instances has been asked. */
export function ToolsPreview({ definition }: { readonly definition: Definition }) {
  const { data } = useUsers(definition);
  const running = data?.instances.find(({ status }) => status === 'running' || status === 'degraded');
  if (running === undefined) return <Text c="dimmed">{words.noTools}</Text>;
  return <ToolsOf name={running.name} />;
}

function ToolsOf({ name }: { readonly name: string }) {
  const { data, error } = api.useQuery('get', '/api/v1/mcp/tools', {
    params: { query: { server_name: name } },
  });
  if (error !== null) return <ProblemCard problem={error} />;
  return (
    <Stack gap="xs" data-testid="catalog-tools">
      <Text size="xs" c="dimmed">
        {words.toolsOf(name)}
      </Text>
      <List size="sm">
        {(data?.tools ?? []).slice(0, MAX).map((tool) => (
          <List.Item key={tool.name}>
            <Mono>{tool.name}</Mono>
            <Text size="xs" c="dimmed" lineClamp={2}>
              {tool.description}
            </Text>
          </List.Item>
        ))}
      </List>
    </Stack>
  );
}
