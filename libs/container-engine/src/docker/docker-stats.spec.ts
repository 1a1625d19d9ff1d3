import { sampleOf, statsBetween } from './docker-stats';

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

describe('sampleOf', () => {
  it('leaves the cache of files out of the memory, in the words of both cgroup versions', () => {
    expect(
      sampleOf({ memory_stats: { usage: 10, limit: 20, stats: { total_inactive_file: 4 } } }),
    ).toMatchObject({
      memoryBytes: 6,
      memoryLimitBytes: 20,
    });
    expect(sampleOf({ memory_stats: { usage: 10, stats: { inactive_file: 3 } } })).toMatchObject({
      memoryBytes: 7,
      memoryLimitBytes: null,
    });
  });

  it('reads the empty answer about a container that ended', () => {
    expect(sampleOf({})).toEqual({
      cpuTotal: 0,
      systemTotal: 0,
      cpus: 1,
      memoryBytes: 0,
      memoryLimitBytes: null,
      pids: 0,
    });
  });
});
