import { ProbeHistory, PROBES_KEPT } from './probe-history';

describe('ProbeHistory', () => {
  it('keeps the last probes, the oldest first, each with its own words', () => {
    const history = new ProbeHistory();
    for (let atMs = 0; atMs < PROBES_KEPT + 5; atMs += 1) {
      const isMissed = atMs % 2 === 1;
      history.add({
        atMs,
        replica: 1,
        latencyMs: isMissed ? null : 3,
        reason: isMissed ? `no ${String(atMs)}` : null,
      });
    }
    const notes = history.list();
    expect(notes).toHaveLength(PROBES_KEPT);
    expect(notes.slice(0, 2)).toEqual([
      { atMs: 5, replica: 1, latencyMs: null, reason: 'no 5' },
      { atMs: 6, replica: 1, latencyMs: 3, reason: null },
    ]);
    expect(notes.at(-1)).toEqual({ atMs: PROBES_KEPT + 4, replica: 1, latencyMs: 3, reason: null });
  });

  it('is empty before the first, and after a new beginning', () => {
    const history = new ProbeHistory();
    expect(history.list()).toEqual([]);
    history.add({ atMs: 1, replica: 0, latencyMs: 1, reason: null });
    history.clear();
    expect(history.list()).toEqual([]);
  });
});
