import { sampleOf } from './docker-stats';

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

  it('has nothing to say about a container that ended', () => {
    expect(sampleOf({})).toBeUndefined();
    expect(sampleOf({ cpu_stats: {}, memory_stats: {}, pids_stats: {} })).toBeUndefined();
  });
});
