import { Button, Card, Group, Skeleton, Stack, Text, Title } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { api } from '~/api/client';
import { useMay } from '~/api/me';
import {
  CopyButton,
  JsonView,
  PageHeader,
  ProblemCard,
  RelativeTime,
  StatusBadge,
  useNeighbours,
} from '~/components';
import { useTopic } from '~/live/live';
import { useSoon } from '~/live/use-live-pages';
import { type Agent } from './agent';
import { AgentFacts } from './agent-facts';
import { AgentTasks } from './agent-tasks';
import { HeartbeatStrip } from './heartbeat-strip';
import { text } from './text';
import { useAgentActions } from './use-agent-actions';

const route = getRouteApi('/inside/agents/$id');
/** Its load moves with every heartbeat, and not each is told. */
const REFETCH_MS = 5_000;
const words = text.detail;

export default function AgentPage() {
  const { id } = route.useParams();
  const client = useQueryClient();
  const init = { params: { path: { id } } };
  const query = api.useQuery('get', '/api/v1/agents/{id}', init, { refetchInterval: REFETCH_MS });
  const again = useSoon(
    () => void client.invalidateQueries({ queryKey: ['get', '/api/v1/agents/{id}', init] }),
  );
  useTopic('agents', (frames) => {
    if (frames.some((frame) => frame['agent_id'] === id)) again();
  });
  useNeighbours(id);
  const crumbs = [{ label: text.title, to: '/agents' }];
  if (query.data === undefined)
    return (
      <>
        <PageHeader title={text.title} crumbs={crumbs} />
        {query.error === null ? (
          <Skeleton height={240} />
        ) : (
          <ProblemCard problem={query.error} onRetry={() => void query.refetch()} />
        )}
      </>
    );
  return (
    <>
      <Header agent={query.data} crumbs={crumbs} />
      <Stack gap="md">
        <Card>
          <Title order={2} mb={8}>
            {words.heartbeats}
          </Title>
          <HeartbeatStrip id={query.data.id} />
        </Card>
        <AgentFacts agent={query.data} />
        <Title order={2}>{words.tasks}</Title>
        <AgentTasks id={query.data.id} />
        <AgentCard id={query.data.id} />
      </Stack>
    </>
  );
}

interface HeaderProps {
  readonly agent: Agent;
  readonly crumbs: readonly { label: string; to?: string }[];
}

function Header({ agent, crumbs }: HeaderProps) {
  return (
    <PageHeader
      title={agent.name}
      crumbs={crumbs}
      description={
        <Group gap={8} aria-live="polite">
          <StatusBadge family="agent" status={agent.status} testId="agent-status" />
          <Text size="sm" c="dimmed">
            {agent.status_reason} <RelativeTime at={agent.status_since} />
          </Text>
          <CopyButton value={agent.id} label={agent.id} />
        </Group>
      }
      actions={<Actions agent={agent} />}
    />
  );
}

function Actions({ agent }: { readonly agent: Agent }) {
  const navigate = useNavigate();
  const { drain, activate, remove } = useAgentActions();
  const [mayUpdate, mayDelete] = [useMay('agents:update'), useMay('agents:delete')];
  const isDraining = agent.status === 'draining';
  return (
    <>
      {mayUpdate && (
        <Button
          variant="default"
          onClick={() => (isDraining ? activate(agent) : drain(agent))}
          data-testid={isDraining ? 'agent-activate' : 'agent-drain'}
        >
          {isDraining ? text.activate : text.drain}
        </Button>
      )}
      {mayDelete && (
        <Button
          variant="default"
          c="red"
          onClick={() => remove(agent, () => void navigate({ to: '/agents' }))}
          data-testid="agent-remove"
        >
          {text.remove.label}
        </Button>
      )}
    </>
  );
}

/** As other systems see it. */
function AgentCard({ id }: { readonly id: string }) {
  const { data } = api.useQuery('get', '/api/v1/agents/{id}/agent-card.json', { params: { path: { id } } });
  if (data === undefined) return null;
  return (
    <Card>
      <Title order={2}>{words.card}</Title>
      <Text size="sm" c="dimmed" mb={8}>
        {words.cardHint}
      </Text>
      <JsonView value={data} label={words.card} open={1} />
    </Card>
  );
}
