import { useEffect, useRef, useSyncExternalStore } from 'react';
import { queryClient } from '~/api/query-client';
import { FrameQueue } from './frame-queue';
import { type Frame, type Topic, topicOf } from './frames';
import { LiveConnection } from './live-connection';
import { type LiveState } from './live-state';

type Reader = (frames: readonly Frame[]) => void;

const readers = new Map<Topic, Set<Reader>>();

const queue = new FrameQueue(handOut, invalidateAll);
const connection = new LiveConnection({ onFrame: (frame) => queue.push(frame), onGap: invalidateAll });

function handOut(frames: readonly Frame[]): void {
  for (const [topic, members] of readers) {
    const ofTopic = frames.filter((frame) => topicOf(frame) === topic);
    if (ofTopic.length > 0) for (const reader of members) reader(ofTopic);
  }
}

function invalidateAll(): void {
  void queryClient.invalidateQueries();
}

const wantWhatIsRead = (): void => connection.want([...readers.keys()].sort());

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
  useEffect(() => {
    const reader: Reader = (frames) => latest.current(frames);
    const members = readers.get(topic) ?? new Set<Reader>();
    members.add(reader);
    readers.set(topic, members);
    wantWhatIsRead();
    return () => {
      members.delete(reader);
      if (members.size === 0) readers.delete(topic);
      wantWhatIsRead();
    };
  }, [topic]);
}
