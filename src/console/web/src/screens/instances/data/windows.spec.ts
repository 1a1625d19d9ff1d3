import { type Instance } from './instance';
import { loadedOf, PAGE_SIZE, pagesAround } from './windows';

const page = (...names: readonly string[]) => ({
  rows: names.map((name) => ({ id: name, name }) as Instance),
  total: 1_000,
});

describe('the part of a long list that is loaded', () => {
  it.each([
    ['the beginning', 0, 30, 10_000, [0]],
    ['the next page before it is seen', 20, 60, 10_000, [0, 1]],
    ['both sides of an edge', 190, 220, 10_000, [1, 2]],
    ['a jump to the end, and nothing between', 9_980, 9_999, 10_000, [99]],
    ['no page behind the last one', 10, 30, 40, [0]],
    ['something before it is known how long it is', 0, 0, 0, [0]],
    ['the end of a list that became shorter', 900, 930, 120, [1]],
  ] as const)('holds %s', (_case, from, to, total, expected) => {
    expect(pagesAround(from, to, total)).toEqual(expected);
  });

  it('has no hole: what lies behind one waits until it is filled', () => {
    const loaded = loadedOf(3, [undefined, page('a', 'b'), page('c'), undefined]);
    expect([loaded.first, loaded.rows.map(({ name }) => name)]).toEqual([4 * PAGE_SIZE, ['a', 'b', 'c']]);
    expect(loadedOf(0, [page('a'), undefined, page('c')]).rows).toHaveLength(1);
    expect(loadedOf(7, [undefined])).toEqual({ first: 0, rows: [], pages: 0 });
  });
});
