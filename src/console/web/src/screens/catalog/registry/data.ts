import { useInfiniteQuery } from '@tanstack/react-query';
import { api, rest } from '~/api/client';
import { type components } from '~/api/schema.gen';

export type Entry = components['schemas']['EntrySummaryDto'];
export type Registry = components['schemas']['RegistryDto'];

const PAGE = 60;
const RUNNING_MS = 2_000;
const IDLE_MS = 60_000;

/** Asked for more often while a copy is being made. */
export const useRegistry = () =>
  api.useQuery(
    'get',
    '/api/v1/registry',
    {},
    { refetchInterval: ({ state }) => (state.data?.mirror.status === 'running' ? RUNNING_MS : IDLE_MS) },
  );

export interface EntryFilter {
  readonly q?: string;
  readonly kind?: string;
}
type Kind = 'npm' | 'pypi' | 'oci' | 'nuget' | 'mcpb' | 'remote';

/** `state`: another copy has other entries. */
export const useEntries = (filter: EntryFilter, state: string) =>
  useInfiniteQuery({
    queryKey: ['get', '/api/v1/registry/entries', filter, state],
    queryFn: async ({ pageParam, signal }) => {
      const { q, kind } = filter;
      const query = {
        limit: PAGE,
        ...(q === undefined ? {} : { q }),
        ...(kind === undefined ? {} : { kind: kind as Kind }),
        ...(pageParam === undefined ? {} : { cursor: pageParam }),
      };
      const { data, error } = await rest.GET('/api/v1/registry/entries', { params: { query }, signal });
      if (error !== undefined) throw error;
      return data;
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next_cursor: next }) => next ?? undefined,
  });

/** The document, as text that the box for adding servers takes. */
export async function documentOf(name: string): Promise<string> {
  const { data, error } = await rest.GET('/api/v1/registry/entries/{name}', { params: { path: { name } } });
  if (error !== undefined) throw error;
  return JSON.stringify(data.server, null, 2);
}
