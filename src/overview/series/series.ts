import { addedUp, percentileMs } from './durations';
import { type Minute } from './minute-rows';

const MINUTE_MS = 60_000;

/** How far back, and how wide a point is: at most some hundred points, whatever the range. */
export const RANGES = {
  '1h': { minutes: 60, step: 1 },
  '24h': { minutes: 24 * 60, step: 10 },
  '7d': { minutes: 7 * 24 * 60, step: 60 },
} as const;
export type Range = keyof typeof RANGES;

export interface Series {
  readonly range: Range;
  readonly stepS: number;
  readonly times: readonly Date[];
  readonly callsPerMinute: readonly number[];
  /** Of calls, 0 to 1; null where there were none. */
  readonly errorRate: readonly (number | null)[];
  readonly p95Ms: readonly (number | null)[];
  readonly waitingTasks: readonly number[];
}

/** The whole steps that lie behind `now`, oldest first. */
export function stepsOf(range: Range, now: Date): readonly Date[] {
  const { minutes, step } = RANGES[range];
  const stepMs = step * MINUTE_MS;
  const end = Math.floor(now.getTime() / stepMs) * stepMs;
  return Array.from({ length: minutes / step }, (_, at) => new Date(end - (minutes / step - at) * stepMs));
}

/** Every step has a point: a minute without calls is not a gap. */
export function seriesOf(range: Range, now: Date, minutes: readonly Minute[]): Series {
  const { step } = RANGES[range];
  const times = stepsOf(range, now);
  const startMs = times[0]?.getTime() ?? now.getTime();
  const points = times.map(() => ({ calls: 0, failed: 0, waiting: 0, durations: [] as number[] }));
  for (const { at, calls, failed, waitingTasks, durations } of minutes) {
    const point = points[Math.floor((at.getTime() - startMs) / (step * MINUTE_MS))];
    if (point === undefined) continue;
    point.calls += calls;
    point.failed += failed;
    point.waiting = Math.max(point.waiting, waitingTasks);
    point.durations = addedUp(point.durations, durations);
  }
  return {
    ...{ range, stepS: step * 60, times },
    callsPerMinute: points.map(({ calls }) => Math.round((calls / step) * 10) / 10),
    errorRate: points.map(({ calls, failed }) => (calls === 0 ? null : failed / calls)),
    p95Ms: points.map(({ durations }) => percentileMs(durations, 95)),
    waitingTasks: points.map(({ waiting }) => waiting),
  };
}
