import { rest } from '~/api/client';
import { type LivePage } from '~/live/use-live-pages';
import { type AgentsSearch } from './search';
import { type Agent, idOf, recentlyTold } from './agent';

const PAGE_SIZE = 200;

export async function readAgents(
  { status, type }: AgentsSearch,
  cursor: string | undefined,
  signal: AbortSignal,
): Promise<LivePage<Agent>> {
  const query = {
    limit: PAGE_SIZE,
    ...(status === undefined ? {} : { status }),
    ...(type === undefined ? {} : { type }),
    ...(cursor === undefined ? {} : { cursor }),
  };
  const { data, error, response } = await rest.GET('/api/v1/agents', { params: { query }, signal });
  if (error !== undefined) throw error;
  return { rows: recentlyTold.upToDate(data.agents, response, idOf), next: data.next_cursor };
}
