import { seriesOf, stepsOf } from './series';

const NOW = new Date('2026-11-22T10:07:30Z');
const minute = (at: string, calls: number, failed = 0) => ({
  ...{ at: new Date(at), calls, failed, durations: [calls], waitingTasks: calls * 2 },
});

describe('a series', () => {
  it.each([
    ['1h', 60, '2026-11-22T09:07:00.000Z', '2026-11-22T10:06:00.000Z'],
    ['24h', 144, '2026-11-21T10:00:00.000Z', '2026-11-22T09:50:00.000Z'],
    ['7d', 168, '2026-11-15T10:00:00.000Z', '2026-11-22T09:00:00.000Z'],
  ] as const)('of %s has %i whole steps', (range, length, first, last) => {
    const steps = stepsOf(range, NOW);
    expect(steps).toHaveLength(length);
    expect([steps[0]?.toISOString(), steps.at(-1)?.toISOString()]).toEqual([first, last]);
  });

  it('puts minutes together and has a point for each step, calls or not', () => {
    const series = seriesOf('24h', NOW, [
      minute('2026-11-22T09:50:00Z', 10, 5),
      minute('2026-11-22T09:59:00Z', 30, 5),
      minute('2026-11-22T10:00:00Z', 99),
    ]);
    expect(series.callsPerMinute.slice(-2)).toEqual([0, 4]);
    expect(series.errorRate.slice(-2)).toEqual([null, 0.25]);
    expect(series.waitingTasks.slice(-2)).toEqual([0, 60]);
    expect(series.p95Ms.at(-2)).toBeNull();
    expect(series.p95Ms.at(-1)).toBeCloseTo(0.95, 0);
  });
});
