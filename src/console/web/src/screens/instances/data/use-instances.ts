import { type QueryClient, useQueries, useQueryClient } from '@tanstack/react-query';
import { useMemo, useRef } from 'react';
import { asks } from '~/api/asks';
import { useSteady } from '~/components/resource-table/use-steady';
import { type InstancesSearch } from '../search';
import { asQuery, type Instance, readPage } from './instance';
import { useChanges } from './use-changes';
import { useView } from './use-view';
import { type InstancePage, loadedOf, pagesAround } from './windows';

/** So long a page is kept that was scrolled out of view. */
const KEPT_MS = 60_000;

export interface InstanceList {
  /** Those that are loaded, one behind the other. */
  readonly rows: readonly Instance[];
  /** How many stand before them. */
  readonly first: number;
  readonly pages: number;
  readonly total: number;
  readonly onView: (from: number, to: number) => void;
  readonly query: { readonly isPending: boolean; readonly error: unknown; readonly refetch: () => unknown };
}

/** The part of the list that is on view, which changes as events tell, without being asked for again. */
export function useInstances(search: InstancesSearch): InstanceList {
  const client = useQueryClient();
  const key = useMemo(() => ['instances', search] as const, [search]);
  const length = useRef({ key, total: totalIn(client, key) });
  if (length.current.key !== key) length.current = { key, total: totalIn(client, key) };
  const [{ from, to }, onView] = useView(key);
  const pages = pagesAround(from, to, length.current.total ?? 0);
  const answers = useQueries({
    queries: pages.map((page) => ({
      queryKey: [...key, page],
      queryFn: ({ signal }: { readonly signal: AbortSignal }) => readPage(search, page, signal),
      meta: asks('/api/v1/mcp/instances', { query: asQuery(search) }),
      gcTime: KEPT_MS,
      // Rows keep how far they have heard beside themselves: a copy of an equal row would have forgotten it.
      structuralSharing: false as const,
    })),
  });
  const data = useSteady(answers.map((answer) => answer.data));
  length.current.total = totalOf(answers) ?? length.current.total;
  const start = pages[0] ?? 0;
  const loaded = useMemo(() => loadedOf(start, data), [start, data]);
  const { total = 0 } = length.current;
  useChanges(client, key, loaded.rows.length >= total);
  const failed = answers.find(({ error }) => error !== null);
  return {
    ...loaded,
    ...{ total, onView },
    query: {
      isPending: length.current.total === undefined,
      error: failed?.error ?? null,
      refetch: () => client.refetchQueries({ queryKey: key, type: 'active' }),
    },
  };
}

/** As the newest of the answers has it. */
function totalOf(
  answers: readonly { readonly data?: InstancePage | undefined; readonly dataUpdatedAt: number }[],
): number | undefined {
  const newest = answers.reduce((one, other) => (other.dataUpdatedAt > one.dataUpdatedAt ? other : one));
  return newest.data?.total;
}

/** What is still known of a list that was left: it has its length at once when it is come back to. */
function totalIn(client: QueryClient, key: readonly unknown[]): number | undefined {
  return client.getQueriesData<InstancePage>({ queryKey: key }).find(([, page]) => page !== undefined)?.[1]
    ?.total;
}
