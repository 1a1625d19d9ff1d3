import { LaneTour } from './lane-tour';

const CHUNK = 3;

/** Walks over these lanes as passes do; answers what was looked at, and where the next tour begins. */
function walk(lanes: readonly string[], first: string): { seen: readonly string[]; next: string } {
  const tour = new LaneTour(first);
  const seen: string[] = [];
  for (let after = tour.next(); after !== undefined; after = tour.next()) {
    const from = after;
    const chunk = lanes.filter((lane) => lane > from).slice(0, CHUNK);
    seen.push(...chunk);
    tour.seen(chunk.length === CHUNK ? chunk.at(-1) : undefined);
  }
  return { seen, next: tour.startOfNext };
}

describe('a tour of lanes', () => {
  it.each([
    ['', ''],
    ['a', ''],
    ['abc', ''],
    ['abcdefgh', ''],
    ['abcdefgh', 'c'],
    ['abcdefgh', 'h'],
    ['abcdefgh', 'x'],
    ['abcdefghi', 'f'],
  ])('over %j from behind %j sees every lane, and ends', (all, first) => {
    const lanes = Array.from(all);
    expect(new Set(walk(lanes, first).seen)).toEqual(new Set(lanes));
  });

  it('begins one chunk further each time, and at the beginning after the end', () => {
    const lanes = Array.from('abcdefgh');
    const starts = ['', 'c', 'f'].map((first) => walk(lanes, first).next);
    expect(starts).toEqual(['c', 'f', '']);
  });
});
