import { useEffect, useRef, useSyncExternalStore } from 'react';
import { rest } from '~/api/client';
import { FRESH_MS, queryClient } from '~/api/query-client';
import { sessionEnded } from '~/api/session-events';
import { oldestSnapshot } from '~/api/snapshots';
import { openEvents } from './events-carrier';
import { FrameQueue } from './frame-queue';
import { type Frame, type Topic } from './frames';
import { Interest, type Reader } from './interest';
import { LiveConnection } from './live-connection';
import { type LiveState } from './live-state';
import { openPolling } from './polling-carrier';
import { openSocket } from './socket-carrier';

const interest = new Interest({
  onChange: (topics) => connection.want(topics),
  onUnread: () => void queryClient.invalidateQueries({ type: 'inactive', refetchType: 'none' }),
  lingerMs: FRESH_MS,
});

const queue = new FrameQueue((frames) => interest.hand(frames), invalidateAll);
const connection = new LiveConnection({
  open: { socket: openSocket, events: openEvents, polling: openPolling },
  onFrame: (frame: Frame) => queue.push(frame),
  onGap: invalidateAll,
  onRefused: () => void checkSession(),
  snapshot: oldestSnapshot,
  onWake,
});

function invalidateAll(): void {
  void queryClient.invalidateQueries();
}

/** The whole session may have ended, or only a right of it: who it is says the server. */
async function checkSession(): Promise<void> {
  const answer = await rest.GET('/api/v1/auth/session').catch(() => undefined);
  if (answer?.data?.signed_in === false) sessionEnded();
  else invalidateAll();
}

function onWake(wake: () => void): () => void {
  const seen = (): void => {
    if (document.visibilityState !== 'hidden') wake();
  };
  window.addEventListener('online', wake);
  document.addEventListener('visibilitychange', seen);
  return () => {
    window.removeEventListener('online', wake);
    document.removeEventListener('visibilitychange', seen);
  };
}

export const startLive = (): void => connection.start();
export const stopLive = (): void => connection.stop();

/** How fresh the page is; changes re-render the caller. */
export const useLiveState = (): LiveState =>
  useSyncExternalStore(connection.status.subscribe, connection.status.get);

/**
 * What happens in a topic while the component is on view, at most once per paint. The handler patches the query cache
 * (live/patch-rows.ts) or its own state; it may change between renders.
 */
export function useTopic(topic: Topic, onFrames: Reader): void {
  const latest = useRef(onFrames);
  latest.current = onFrames;
  useEffect(() => interest.add(topic, (frames) => latest.current(frames)), [topic]);
}
