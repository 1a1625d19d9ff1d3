import { RecentPatches } from './recent-patches';

const told = (sequence: number, status: string, id = 'a') => ({ id, sequence, changes: { status } });

describe('patches that were told last', () => {
  const ROW = { id: 'a', status: 'stopping' };
  /** What a row of an answer, made when so much had happened, becomes. */
  const arriving = (recent: RecentPatches, heard: number, row = { ...ROW }) =>
    recent.upToDate(
      [row],
      new Response(null, { headers: { 'quayside-sequence': String(heard) } }),
      ({ id }) => id,
    )[0];

  it('are put onto an answer that was asked for before them, in their order', () => {
    const recent = new RecentPatches();
    for (const patch of [told(8, 'stopped'), told(7, 'stopping')]) recent.note(patch);
    expect(arriving(recent, 6)).toEqual({ id: 'a', status: 'stopped' });
  });

  it('leave an answer alone that has heard of them, or of which nothing was told', () => {
    const recent = new RecentPatches();
    recent.note(told(8, 'stopped'));
    recent.note({ id: 'a', changes: { status: 'unnumbered' } });
    const newer = { ...ROW };
    expect(arriving(recent, 8, newer)).toBe(newer);
    const other = { id: 'b', status: 'running' };
    expect(arriving(recent, 6, other)).toBe(other);
  });

  it('are forgotten by their age when there are too many', () => {
    const recent = new RecentPatches();
    for (let at = 0; at <= 2_000; at += 1) recent.note(told(at + 10, 'running', at === 0 ? 'a' : String(at)));
    expect(arriving(recent, 1)).toEqual({ id: 'a', status: 'stopping' });
  });
});
