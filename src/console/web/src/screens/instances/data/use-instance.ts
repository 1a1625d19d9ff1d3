import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useMemo, useRef } from 'react';
import { asks } from '~/api/asks';
import { useTopic } from '~/live/live';
import { patchRow } from '~/live/patch-rows';
import { type Instance, isGoing, readFrame, readInstance, recentlyTold } from './instance';

const SETTLE_MS = 300;

/** One instance: its status at once as events tell it, and what they do not tell a moment later. */
export function useInstance(name: string) {
  const client = useQueryClient();
  const key = useMemo(() => ['instance', name] as const, [name]);
  const query = useQuery({
    queryKey: key,
    queryFn: ({ signal }) => readInstance(name, signal),
    meta: asks('/api/v1/mcp/instances/{id}', { path: { id: name } }),
    // Rows keep how far they have heard beside themselves: a copy of an equal row would have forgotten it.
    structuralSharing: false,
  });
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  useTopic('instances', (frames) => {
    const read = frames.flatMap((frame) => readFrame(frame) ?? []);
    for (const { patch } of read) recentlyTold.note(patch);
    const known = client.getQueryData<Instance>(key);
    if (known === undefined) return;
    const told = read.filter(({ patch }) => patch.id === known.id);
    if (told.length === 0) return;
    client.setQueryData(
      key,
      patchRow(
        known,
        told.map(({ patch }) => patch),
      ),
    );
    // Containers, errors and what is wanted are not in frames; of what goes there is nothing more to read.
    clearTimeout(timer.current);
    if (told.some(isGoing)) return;
    timer.current = setTimeout(() => void client.invalidateQueries({ queryKey: key }), SETTLE_MS);
  });
  return query;
}
