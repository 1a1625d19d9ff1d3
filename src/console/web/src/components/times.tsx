import { useSyncExternalStore } from 'react';
import { formatAbsolute, formatAgo, formatDuration } from '~/design/format';
import { useLiveState } from '~/live/live';

const TICK_MS = 1_000;

/** One clock for all that ticks on the page; nobody on view, no timer. */
class Clock {
  private now = Date.now();
  private timer: ReturnType<typeof setInterval> | undefined;
  private readonly listeners = new Set<() => void>();

  readonly get = (): number => this.now;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    this.now = Date.now();
    this.timer ??= setInterval(() => this.tick(), TICK_MS);
    return () => {
      this.listeners.delete(listener);
      if (this.listeners.size > 0) return;
      clearInterval(this.timer);
      this.timer = undefined;
    };
  };

  private tick(): void {
    this.now = Date.now();
    for (const listener of this.listeners) listener();
  }
}

const clock = new Clock();

/** The present, once a second; it stands still while the page is stale, so that nothing looks fresher than it is. */
export function useNow(): number {
  const now = useSyncExternalStore(clock.subscribe, clock.get);
  const live = useLiveState();
  return live.kind === 'stale' ? live.since : now;
}

/** Whether what ticks stands still; it is then grey. */
const useIsStale = (): boolean => useLiveState().kind === 'stale';

/** "12 s ago", with the absolute time in its title. */
export function RelativeTime({
  at,
  empty = '',
}: {
  readonly at: string | null | undefined;
  readonly empty?: string;
}) {
  const now = useNow();
  const stale = useIsStale();
  if (at === null || at === undefined) return <>{empty}</>;
  return (
    <time dateTime={at} title={formatAbsolute(at)} data-stale={stale || undefined}>
      {formatAgo(Date.parse(at), now)}
    </time>
  );
}

/** How long something has been going on, or took; `to` left out means that it still does. */
export function Elapsed({ from, to }: { readonly from: string; readonly to?: string | null }) {
  const now = useNow();
  const stale = useIsStale();
  const end = to === null || to === undefined ? now : Date.parse(to);
  return (
    <span className="q-figures" data-stale={stale || undefined}>
      {formatDuration(Math.max(0, end - Date.parse(from)))}
    </span>
  );
}

export const Duration = ({ ms }: { readonly ms: number }) => (
  <span className="q-figures">{formatDuration(ms)}</span>
);
