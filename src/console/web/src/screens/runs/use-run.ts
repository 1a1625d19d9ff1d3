import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useRef } from 'react';
import { api } from '~/api/client';
import { useTopic } from '~/live/live';
import { isOver, patched, type Run } from './run';

/** A turn of the engine is over by then; one question answers for all frames of it. */
const SETTLE_MS = 120;
/** Where frames are lost, or none come because the connection is down. */
const ASK_AGAIN_MS = 5_000;

/** A run as it goes on: states by frames, everything else by an answer soon after them. */
export function useRun(id: string) {
  const init = { params: { path: { id } } };
  const query = api.useQuery('get', '/api/v1/runs/{id}', init, {
    refetchInterval: ({ state }) => (state.data === undefined || isOver(state.data) ? false : ASK_AGAIN_MS),
  });
  const cache = useQueryClient();
  const { queryKey } = api.queryOptions('get', '/api/v1/runs/{id}', init);
  const askSoon = useSoon(() => void cache.invalidateQueries({ queryKey }));
  useTopic('pipelines', (frames) => {
    const own = frames.filter(({ run_id: runId }) => runId === id);
    if (own.length === 0) return;
    cache.setQueryData<Run>(queryKey, (run) => run && own.reduce(patched, run));
    askSoon();
  });
  useTopic('tasks', (frames) => {
    if (frames.some(({ run_id: runId }) => runId === id)) askSoon();
  });
  return { ...query, askSoon };
}

/** Once for all calls of a short while. */
export function useSoon(work: () => void): () => void {
  const latest = useRef(work);
  latest.current = work;
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  return useCallback(() => {
    clearTimeout(timer.current);
    timer.current = setTimeout(() => latest.current(), SETTLE_MS);
  }, []);
}
