import { rest } from '~/api/client';
import { type Carrier, type Hearing } from './carrier';

export const POLL_EVERY_MS = 10_000;

/** What is left where nothing may stay open: everything on view is asked for again, time after time. */
export function openPolling(hearing: Hearing): Carrier {
  let isOver = false;
  let isFirst = true;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const close = (): void => {
    isOver = true;
    clearTimeout(timer);
  };
  const lose = (why: 'away' | 'session'): void => {
    close();
    hearing.onLost(why);
  };
  const look = async (): Promise<void> => {
    const answer = await rest.GET('/api/v1/auth/session').catch(() => undefined);
    if (isOver) return;
    if (answer?.data?.signed_in !== true) {
      lose(answer?.data === undefined ? 'away' : 'session');
      return;
    }
    hearing.onSign();
    if (isFirst) hearing.onOpen({});
    isFirst = false;
    hearing.onGap();
    timer = setTimeout(() => void look(), POLL_EVERY_MS);
  };
  void look();
  return { close };
}
