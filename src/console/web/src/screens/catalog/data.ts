import { useInfiniteQuery } from '@tanstack/react-query';
import { api, rest } from '~/api/client';
import { type components } from '~/api/schema.gen';
import { type Source } from './search';

export type Definition = components['schemas']['ServerDto'];
export type Variable = components['schemas']['EnvironmentVariableDto'];

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

export const sourceOf = ({ built_in: isBuiltIn, tags }: Definition): Source =>
  isBuiltIn ? 'built_in' : tags.includes('imported') ? 'imported' : 'own';

export const isPinned = ({ docker_image_url: image }: Definition): boolean => image.includes('@sha256:');
export const needsSecrets = ({ env_schema: schema }: Definition): boolean =>
  schema.some(({ required, secret }) => required === true && secret === true);
/** Whether one click is enough. */
export const needsValues = ({ env_schema: schema }: Definition): boolean =>
  schema.some(({ required, default: value }) => required === true && (value === undefined || value === null));
