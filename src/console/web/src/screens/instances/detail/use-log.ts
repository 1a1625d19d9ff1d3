import { useEffect, useState } from 'react';
import { type Problem, toProblem } from '~/api/problem';
import { streamEvents } from '~/api/streams';
import { appended, caughtUp, type LogText, NO_LINES } from '~/components/lazy/log-view/log-lines';
import { backoffMs } from '~/live/backoff';
import { type LogStream } from '../search';

/** At first, and after a break: as many lines as the server looks back. */
const TAIL = 1_000;
const SETTLE_MS = 100;

export type Following = 'following' | 'ended' | 'away';

export interface FollowedLog {
  readonly log: LogText;
  readonly state: Following;
  /** Why the server would not begin; gone as soon as it does. */
  readonly problem?: Problem;
}

const TOO_MANY = 429;

/** What the server refuses for good is not asked again; silence behind it and too many readers pass. */
export const isFinal = ({ status }: Problem): boolean => status >= 400 && status < 500 && status !== TOO_MANY;

interface Feed {
  readonly put: (change: (before: FollowedLog) => FollowedLog) => void;
  readonly signal: AbortSignal;
}

/** The log of an instance as it grows; after a break it goes on where it was, with a mark where lines are missing. */
export function useLog(id: string, stream: LogStream): FollowedLog {
  const [followed, setFollowed] = useState<FollowedLog>({ log: NO_LINES, state: 'following' });
  useEffect(() => {
    const stop = new AbortController();
    setFollowed({ log: NO_LINES, state: 'following' });
    void followForEver(`/api/v1/mcp/instances/${id}/logs?follow=true&tail=${TAIL}&stream=${stream}`, {
      signal: stop.signal,
      put: (change) => {
        if (!stop.signal.aborted) setFollowed(change);
      },
    });
    return () => stop.abort();
  }, [id, stream]);
  return followed;
}

async function followForEver(path: string, feed: Feed): Promise<void> {
  for (let attempt = 0; !feed.signal.aborted; attempt += 1) {
    try {
      await followOnce(path, feed, () => (attempt = 0));
      feed.put((before) => ({ log: before.log, state: 'ended' }));
    } catch (error) {
      const problem = toProblem(error);
      // A connection that was lost has no answer to show.
      feed.put(({ log }) => ({ log, state: 'away', ...(problem.status === 0 ? {} : { problem }) }));
      if (isFinal(problem)) return;
    }
    await new Promise((resolve) => setTimeout(resolve, backoffMs(attempt)));
  }
}

/** What comes first overlaps with what is there; what comes later only adds. */
async function followOnce(path: string, { put, signal }: Feed, onLine: () => void): Promise<void> {
  let waiting: string[] = [];
  let isFirst = true;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const flush = (): void => {
    const fresh = waiting;
    const isCatchingUp = isFirst;
    waiting = [];
    timer = undefined;
    isFirst = false;
    put(({ log }) => ({
      log: appended(log, isCatchingUp ? caughtUp(log.lines, fresh) : fresh),
      state: 'following',
    }));
  };
  try {
    const onOpen = (): void => put(({ log }) => ({ log, state: 'following' }));
    for await (const { event, data } of streamEvents(path, { signal, onOpen })) {
      if (event !== 'line') continue;
      onLine();
      waiting.push(JSON.parse(data) as string);
      timer ??= setTimeout(flush, SETTLE_MS);
    }
  } finally {
    clearTimeout(timer);
    if (waiting.length > 0) flush();
  }
}
