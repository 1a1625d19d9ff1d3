import { type DoneJob, paceOf } from './queue-look';

const NOW_MS = 10_000_000;
const done = (agoMs: number, waitMs = 5, runMs = 20): DoneJob => ({
  timestamp: NOW_MS - agoMs - runMs - waitMs,
  delay: 0,
  processedOn: NOW_MS - agoMs - runMs,
  finishedOn: NOW_MS - agoMs,
});

describe('the pace of a queue', () => {
  it('is nothing where nothing is remembered', () => {
    expect(paceOf([], NOW_MS)).toEqual({ donePerMinute: 0, waitMs: null, runMs: null });
  });

  it('counts the last five minutes, and takes medians of all that is remembered', () => {
    const jobs = [done(1_000, 1), done(2_000, 3), done(400_000, 100)];
    expect(paceOf(jobs, NOW_MS)).toEqual({ donePerMinute: 0.4, waitMs: 3, runMs: 20 });
  });

  it('is over a shorter time where more was done than is looked at', () => {
    const jobs = Array.from({ length: 30 }, (_, at) => done(at * 100));
    expect(paceOf(jobs, NOW_MS).donePerMinute).toBeCloseTo((30 * 60_000) / 2_900, 0);
  });
});
