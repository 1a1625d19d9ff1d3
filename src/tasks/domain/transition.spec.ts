import { retryDelayS } from './retry-delay';
import { DEAD_REASONS, isFinished, type TaskStatus } from './task';
import { type Happening, type LiveTask, type Transition, transitionOf } from './transition';

const running = (more: Partial<LiveTask> = {}): LiveTask => ({
  ...{ status: 'running', attempt: 1, retryCount: 3, timeoutS: 60, progress: 0.4, isCancelRequested: false },
  ...more,
});
const waiting = (more: Partial<LiveTask> = {}): LiveTask =>
  running({ status: 'pending', attempt: 0, ...more });
const error = { code: 'E', message: 'e' };
const failed = (retryable = true, retryAfterS?: number): Happening => ({
  ...{ kind: 'failed', error, retryable },
  ...(retryAfterS === undefined ? {} : { retryAfterS }),
});
const lost: Happening = { kind: 'lost', why: 'silence' };
const cancel: Happening = { kind: 'cancelled', reason: 'r' };
const back: Happening = { kind: 'handed_back' };
const done: Happening = { kind: 'completed', result: { a: 1 } };
const ranOut = (of: 'run' | 'queue' | 'total' | 'cancel'): Happening => ({ kind: 'ran_out', of });
const outcome = (one: string): Transition['lease'] =>
  expect.objectContaining({ outcome: one }) as Transition['lease'];
const asked = running({ isCancelRequested: true });

describe('what becomes of a task', () => {
  it.each<[string, LiveTask, Happening, Partial<Transition>]>([
    ['done', running(), done, { status: 'completed', progress: 1, result: { a: 1 }, told: 'completed' }],
    ['done although to be cancelled', asked, done, { status: 'completed' }],
    [
      'failed, with attempts left',
      running(),
      failed(),
      { status: 'retrying', error, progress: 0, dueInS: 0.5 },
    ],
    ['asked to wait', running(), failed(true, 90), { status: 'retrying', dueInS: 90 }],
    ['failed for good', running(), failed(false), { status: 'failed', deadReason: 'not_retryable' }],
    [
      'failed at last',
      running({ attempt: 4 }),
      failed(),
      { status: 'failed', deadReason: 'retries_exhausted' },
    ],
    ['failed without retries', running({ retryCount: 0 }), failed(), { deadReason: 'retries_exhausted' }],
    [
      'lost',
      running(),
      lost,
      { status: 'retrying', lease: { outcome: 'lost', error: { code: 'lease_lost', message: 'silence' } } },
    ],
    ['lost at last', running({ attempt: 4 }), lost, { status: 'failed', deadReason: 'retries_exhausted' }],
    ['handed back', running(), back, { status: 'pending', attempt: 0, dueInS: 0, told: 'retrying' }],
    ['handed back later', running({ attempt: 3 }), back, { status: 'retrying', attempt: 2 }],
    ['too slow', running(), ranOut('run'), { status: 'retrying', lease: outcome('timed_out') }],
    ['too slow in all', running(), ranOut('total'), { status: 'failed', deadReason: 'total_timeout' }],
    [
      'asked to end',
      running(),
      cancel,
      { status: 'running', lease: null, cancelReason: 'r', told: 'cancel.requested' },
    ],
    [
      'failed when to be cancelled',
      asked,
      failed(),
      { status: 'cancelled', lease: { outcome: 'cancelled', error } },
    ],
    ['lost when to be cancelled', asked, lost, { status: 'cancelled', lease: outcome('lost') }],
    ['handed back when to be cancelled', asked, back, { status: 'cancelled' }],
    ['not ended in time', asked, ranOut('cancel'), { status: 'cancelled', told: 'cancelled' }],
    ['too slow when to be cancelled', asked, ranOut('run'), { status: 'cancelled' }],
    ['cancelled in the queue', waiting(), cancel, { status: 'cancelled', lease: null, cancelReason: 'r' }],
    ['too long in the queue', waiting(), ranOut('queue'), { status: 'failed', deadReason: 'queue_timeout' }],
    ['over before it began', waiting(), ranOut('total'), { status: 'failed', deadReason: 'total_timeout' }],
  ])('%s', (_, task, happening, expected) => {
    expect(transitionOf(task, happening, () => 0.5)).toMatchObject(expected);
  });

  it.each<[string, LiveTask, Happening]>([
    ['a second wish to end it', asked, cancel],
    ['a cancel deadline without a wish', running(), ranOut('cancel')],
    ['a queue deadline while it runs', running(), ranOut('queue')],
    ['a run deadline while it waits', waiting(), ranOut('run')],
    ['a result while it waits', waiting(), done],
    ['a loss while it waits', waiting(), lost],
  ])('is nothing by %s', (_, task, happening) => {
    expect(transitionOf(task, happening)).toBeUndefined();
  });
});

/** A repeatable source of numbers in [0, 1). */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    return state / 4_294_967_296;
  };
}

const HAPPENINGS = [
  ...[done, failed(), failed(false), failed(true, 5), lost, back, cancel],
  ...(['run', 'queue', 'total', 'cancel'] as const).map(ranOut),
];

const oneOf = (all: readonly Happening[], random: () => number): Happening =>
  all[Math.floor(random() * all.length)] ?? done;
const isWaiting = ({ status }: LiveTask): boolean => status === 'pending' || status === 'retrying';

const after = (task: LiveTask, { status, attempt, told }: Transition): LiveTask => ({
  ...{ ...task, status, attempt },
  isCancelRequested: task.isCancelRequested || told === 'cancel.requested',
});

/** Its parts agree with each other. */
function expectWhole(task: LiveTask, next: Transition): void {
  expect(next.status === 'failed').toBe(next.deadReason !== null);
  if (next.deadReason !== null) expect(DEAD_REASONS).toContain(next.deadReason);
  expect(next.lease !== null).toBe(task.status === 'running' && next.status !== 'running');
  expect(next.dueInS !== null).toBe(next.status === 'retrying' || next.status === 'pending');
  expect(next.attempt).toBeLessThanOrEqual(task.attempt);
}

/** One life, whatever comes: dispatch starts what waits, and everything else happens at any time. */
function live(seed: number): {
  readonly path: readonly TaskStatus[];
  readonly begun: number;
  readonly task: LiveTask;
} {
  const random = numbers(seed);
  let task: LiveTask = waiting({ retryCount: Math.floor(random() * 4) });
  const path: TaskStatus[] = [];
  let begun = 0;
  for (let step = 0; step < 60; step += 1) {
    if (isWaiting(task) && random() < 0.6) {
      begun += 1;
      task = { ...task, status: 'running', attempt: task.attempt + 1 };
      path.push('running');
      continue;
    }
    const happening = oneOf(HAPPENINGS, random);
    const next = transitionOf(task, happening, random);
    if (next === undefined) continue;
    expectWhole(task, next);
    begun -= task.attempt - next.attempt;
    task = after(task, next);
    if (next.status !== 'running') path.push(next.status);
  }
  return { path, begun, task };
}

describe('any life of a task', () => {
  const lives = Array.from({ length: 2_000 }, (_, seed) => live(seed + 1));

  it('has one end, and nothing after it', () => {
    for (const { path } of lives) {
      const ends = path.filter(isFinished);
      expect(ends.length).toBeLessThanOrEqual(1);
      if (ends.length === 1) expect(isFinished(path.at(-1) ?? 'pending')).toBe(true);
    }
    expect(new Set(lives.map(({ task }) => task.status))).toEqual(
      new Set(['completed', 'failed', 'cancelled']),
    );
  });

  it('has no more attempts than it may have', () => {
    for (const { begun, task } of lives) {
      expect(begun).toBe(task.attempt);
      expect(task.attempt).toBeLessThanOrEqual(task.retryCount + 1);
    }
  });

  it('is not tried again once somebody asked for its end', () => {
    for (const happening of HAPPENINGS) {
      const next = transitionOf(asked, happening);
      if (next !== undefined) expect(['completed', 'cancelled']).toContain(next.status);
    }
  });
});

describe('the time until the next attempt', () => {
  it.each([
    [1, 1],
    [2, 2],
    [3, 4],
    [9, 256],
    [10, 300],
    [1_000, 300],
  ])('after attempt %i is anywhere below %i s', (attempt, ceiling) => {
    expect(retryDelayS(attempt, () => 0)).toBe(0);
    expect(retryDelayS(attempt, () => 0.999_999)).toBeCloseTo(ceiling, 2);
  });
});
