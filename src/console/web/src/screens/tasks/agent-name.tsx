import { Anchor } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { api } from '~/api/client';

const FRESH_MS = 30_000;

/** The name of an agent by its id; the id itself while that is not known, or when the agent is gone. */
export function AgentName({ id }: { readonly id: string }) {
  const query = { params: { query: { limit: 200 } } };
  const { data } = api.useQuery('get', '/api/v1/agents', query, { staleTime: FRESH_MS, retry: false });
  const agent = data?.agents.find((each) => each.id === id);
  if (agent === undefined) return <>{id.slice(0, 8)}</>;
  return (
    <Anchor component={Link} to={`/agents/${id}`} inherit>
      {agent.name}
    </Anchor>
  );
}
