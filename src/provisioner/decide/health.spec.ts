import { Backoff } from '@app/resilience';
import {
  answeredProbe,
  excused,
  failed,
  isUnwell,
  missedProbe,
  type Pace,
  started,
  WELL_AFTER_MS,
} from './health';
import { UNKNOWN_HEALTH } from './observed';

const PACE: Pace = { intervalMs: 10_000, quickProbes: Infinity, firstPauseMs: 25 };
const MISS = { trouble: 'no answer', hopeless: false };

describe('the health of a replica', () => {
  it('asks at once, then ever less quickly until the first answer, then at its interval', () => {
    let health = started(UNKNOWN_HEALTH, 'c', 0);
    const pauses = Array.from({ length: 7 }, () => {
      health = missedProbe(health, 0, PACE, MISS);
      return health.nextProbeAtMs;
    });
    expect(pauses).toEqual([25, 50, 100, 200, 400, 500, 500]);
    expect(answeredProbe(health, 500, PACE)).toMatchObject({
      misses: 0,
      trouble: null,
      nextProbeAtMs: 10_500,
    });
  });

  it('does not hammer a foreign server that does not answer', () => {
    const remote = { ...PACE, quickProbes: 1, firstPauseMs: 500 };
    const twice = missedProbe(missedProbe(UNKNOWN_HEALTH, 0, remote, MISS), 500, remote, MISS);
    expect(twice.nextProbeAtMs).toBe(10_500);
  });

  it('does not hurry where waiting cannot help', () => {
    expect(missedProbe(UNKNOWN_HEALTH, 0, PACE, { ...MISS, hopeless: true }).nextProbeAtMs).toBe(10_000);
  });

  it('is unwell after three misses in a row, and not after two', () => {
    let health = answeredProbe(started(UNKNOWN_HEALTH, 'c', 0), 0, PACE);
    for (const misses of [1, 2, 3]) {
      health = missedProbe(health, 0, PACE, MISS);
      expect(isUnwell(health, 0)).toBe(misses === 3);
    }
    expect(isUnwell(answeredProbe(health, 0, PACE), 0)).toBe(false);
  });

  it('counts starts up to ten healthy minutes, then from zero again', () => {
    const again = failed(failed(UNKNOWN_HEALTH, 1, 'a'), 2, 'b');
    const served = answeredProbe(started(again, 'c', 0), 0, PACE);
    expect(served.attempt).toBe(2);
    expect(answeredProbe(served, WELL_AFTER_MS - 1, PACE).attempt).toBe(2);
    expect(answeredProbe(served, WELL_AFTER_MS, PACE).attempt).toBe(0);
  });

  it('does not count misses as healthy minutes', () => {
    const served = answeredProbe({ ...started(UNKNOWN_HEALTH, 'c', 0), attempt: 3 }, 0, PACE);
    const back = answeredProbe(missedProbe(served, 1_000, PACE, MISS), WELL_AFTER_MS, PACE);
    expect(back.attempt).toBe(3);
  });

  it('forgives an end that somebody else caused', () => {
    expect(excused({ ...UNKNOWN_HEALTH, attempt: 1, containerId: 'c', holdUntilMs: 7 })).toMatchObject({
      attempt: 1,
      containerId: null,
      holdUntilMs: null,
    });
  });

  it('waits 1, 2, 4 … 300 seconds at most between starts', () => {
    const backoff = new Backoff({ random: () => 0.999_999_9 });
    const seconds = Array.from({ length: 11 }, (_, attempt) => backoff.delayMs(attempt) / 1_000);
    expect(seconds).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]);
  });
});
