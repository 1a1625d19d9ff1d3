import { useInfiniteQuery } from '@tanstack/react-query';
import { api, rest } from '~/api/client';
import { type components } from '~/api/schema.gen';

export { type Definition, type Variable } from './definition';

const PAGE = 200;

/** By the name that refreshes them. */
export const DEFINITIONS = ['get', '/api/v1/mcp/servers'];

export const useDefinitions = () =>
  useInfiniteQuery({
    queryKey: DEFINITIONS,
    queryFn: ({ pageParam, signal }) => pageOf(pageParam, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next_cursor: next }) => next ?? undefined,
  });

async function pageOf(
  cursor: string | undefined,
  signal: AbortSignal,
): Promise<components['schemas']['ServerListDto']> {
  const query = { limit: PAGE, ...(cursor === undefined ? {} : { cursor }) };
  const { data, error } = await rest.GET('/api/v1/mcp/servers', { params: { query }, signal });
  if (error !== undefined) throw error;
  return data;
}

export const useDefinition = (id: string) =>
  api.useQuery('get', '/api/v1/mcp/servers/{id}', { params: { path: { id } } });
