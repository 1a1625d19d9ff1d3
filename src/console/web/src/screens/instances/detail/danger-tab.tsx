import { Button, Card, Group, Stack, Text, Title } from '@mantine/core';
import { IconTrash } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { api } from '~/api/client';
import { useMay } from '~/api/me';
import { confirmDestructive } from '~/components';
import { type Instance } from '../data/instance';
import { text } from '../detail-text';
import { type PanelProps } from './panel';
import { carryOut } from './verbs';

const words = text.danger;

/** What cannot be taken back, apart from everything else. */
export default function DangerTab({ instance }: PanelProps) {
  const may = useMay('instances:delete');
  const navigate = useNavigate();
  const endpoints = useEndpointsOf(instance.name);
  const ask = (): void =>
    confirmDestructive({
      title: words.dialog(instance.name),
      lists: whatGoes(instance, endpoints),
      typeName: instance.name,
      confirmLabel: words.action,
      onConfirm: async () => {
        await carryOut('delete', instance);
        await navigate({ to: '/instances' });
      },
    });
  return (
    <Card maw={720}>
      <Group justify="space-between" align="flex-start">
        <Stack gap={4} maw={480}>
          <Title order={2}>{words.title}</Title>
          <Text c="dimmed">{may ? words.text : words.notAllowed}</Text>
        </Stack>
        {may && (
          <Button
            variant="default"
            c="var(--q-bad-text)"
            leftSection={<IconTrash size={14} />}
            onClick={ask}
            data-testid="instance-delete"
          >
            {words.action}
          </Button>
        )}
      </Group>
    </Card>
  );
}

function useEndpointsOf(name: string): readonly string[] {
  const { data } = api.useQuery('get', '/api/v1/mcp/endpoints', { params: { query: { limit: 200 } } });
  return (data?.endpoints ?? []).filter(({ instances }) => instances.includes(name)).map((one) => one.name);
}

function whatRuns({ json_spec: { type }, replicas }: Instance): string {
  const { lists } = words;
  if (type === 'url') return lists.remote;
  return type === 'stdio' ? lists.processes(replicas) : lists.containers(replicas);
}

function whatGoes(one: Instance, endpoints: readonly string[]): readonly string[] {
  const { lists } = words;
  return [
    whatRuns(one),
    lists.secrets,
    lists.address(one.endpoint),
    ...(endpoints.length === 0 ? [] : [lists.endpoints(endpoints.join(', '))]),
  ];
}
