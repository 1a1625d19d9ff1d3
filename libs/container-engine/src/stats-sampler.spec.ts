import { statsBetween } from './stats-sampler';

const sample = { cpuTotal: 0, systemTotal: 0, cpus: 2, memoryBytes: 5, memoryLimitBytes: 10, pids: 1 };

describe('statsBetween', () => {
  it('is 100 for one core in full', () => {
    expect(statsBetween(sample, { ...sample, cpuTotal: 1_000, systemTotal: 2_000 }).cpuPercent).toBe(100);
  });

  it('is 0 when nothing passed, or a counter began anew', () => {
    expect(statsBetween(sample, sample).cpuPercent).toBe(0);
    expect(statsBetween({ ...sample, cpuTotal: 9 }, { ...sample, systemTotal: 9 }).cpuPercent).toBe(0);
  });
});
