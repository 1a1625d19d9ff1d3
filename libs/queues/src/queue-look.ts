import { type IQueueBackend, type Job, type JobType, type Queue } from 'bullmq';
import { canaryOf } from './canary-mark';

type LookedAt = Queue<unknown, unknown, string, unknown, unknown, string, IQueueBackend>;

/** Of what is done the newest few are looked at: enough for a rate and two medians, and few to read. */
const SAMPLE = 30;
/** So far canaries are looked for among what a paused queue holds; deeper, one more or less says nothing. */
const HELD_SAMPLE = 200;
const RATE_OVER_MS = 5 * 60_000;
const MS_PER_MINUTE = 60_000;

/** How a queue does, for people. */
export interface QueueLook {
  readonly isPaused: boolean;
  /** How long the one that is next has been due; null: nothing waits. */
  readonly oldestMs: number | null;
  /** Consumers that are connected; null: the server does not say. */
  readonly workers: number | null;
  readonly donePerMinute: number;
  /** Medians of the newest that were done; null: none is remembered. */
  readonly waitMs: number | null;
  readonly runMs: number | null;
}

export interface DoneJob {
  readonly timestamp: number;
  readonly delay: number;
  readonly processedOn?: number | undefined;
  readonly finishedOn?: number | undefined;
}

export async function lookAt(queue: LookedAt, nowMs: number): Promise<QueueLook> {
  const [isPaused, next, done, workers] = await Promise.all([
    queue.isPaused(),
    nextOf(queue),
    queue.getJobs(['completed'], 0, SAMPLE - 1, false),
    // A server may keep the list of its clients to itself; the rest is worth showing.
    queue.getWorkersCount().catch(() => null),
  ]);
  const oldestMs = next === undefined ? null : Math.max(0, nowMs - next.timestamp - next.delay);
  return { isPaused, oldestMs, workers, ...paceOf(done.filter(isThere), nowMs) };
}

/** Of a paused queue PostgreSQL keeps what waits under another word, which the type of the library does not know. */
const WAITING = ['waiting', 'prioritized', 'paused' as JobType] as const;

async function nextOf(queue: LookedAt): Promise<Job<unknown> | undefined> {
  const [first] = oldestFirst(await queue.getJobs([...WAITING], 0, 0, true));
  if (first === undefined || canaryOf(first.data) === undefined) return first;
  return oldestFirst(await queue.getJobs([...WAITING], 0, HELD_SAMPLE - 1, true)).find(
    ({ data }) => canaryOf(data) === undefined,
  );
}

/** Our own jobs that a paused queue keeps from arriving: they prove that a queue works and are no work. */
export async function heldCanaries(queue: LookedAt): Promise<number> {
  const held = await queue.getJobs([...WAITING], 0, HELD_SAMPLE - 1, true);
  return held.filter(isThere).filter(({ data }) => canaryOf(data) !== undefined).length;
}

const oldestFirst = (jobs: readonly (Job<unknown> | undefined)[]): readonly Job<unknown>[] =>
  jobs.filter(isThere).sort((one, other) => one.timestamp - other.timestamp);

/** A job that was removed between its id and its content is missing in the list. */
const isThere = <T>(job: T | undefined): job is T => job !== undefined;

/** Pure: `done` are the newest, as many as were looked at. */
export function paceOf(
  done: readonly DoneJob[],
  nowMs: number,
): Pick<QueueLook, 'donePerMinute' | 'waitMs' | 'runMs'> {
  const ends = done.map(({ finishedOn = 0 }) => finishedOn).filter((end) => end > nowMs - RATE_OVER_MS);
  // All that was looked at is new: the time between is what the rate is over.
  const overMs = ends.length < SAMPLE ? RATE_OVER_MS : Math.max(1_000, nowMs - Math.min(...ends));
  return {
    donePerMinute: Math.round(((ends.length * MS_PER_MINUTE) / overMs) * 10) / 10,
    waitMs: median(done.map(({ timestamp, delay, processedOn }) => (processedOn ?? NaN) - timestamp - delay)),
    runMs: median(done.map(({ processedOn, finishedOn }) => (finishedOn ?? NaN) - (processedOn ?? NaN))),
  };
}

function median(values: readonly number[]): number | null {
  const known = values.filter(Number.isFinite).sort((one, other) => one - other);
  const middle = known[Math.floor(known.length / 2)];
  return middle === undefined ? null : Math.max(0, middle);
}
