import { addedUp, DURATION_BOUNDS_MS, DURATION_CELLS, percentileMs } from './durations';

const counts = (cells: Readonly<Record<number, number>>): number[] =>
  Array.from({ length: DURATION_CELLS }, (_, at) => cells[at] ?? 0);

describe('the durations of calls', () => {
  it.each([
    ['nothing', counts({}), null],
    ['calls below the first bound', counts({ 0: 100 }), 1],
    ['calls between 100 and 150 ms', counts({ 13: 10 }), 147.5],
    ['one slow call in a hundred', counts({ 0: 99, 20: 1 }), 1],
    ['one slow call in ten', counts({ 0: 9, 13: 1 }), 125],
    ['calls beyond every bound', counts({ [DURATION_CELLS - 1]: 3 }), 60_000],
  ])('say of %s what 95 of 100 stay below', (_case, cells, expected) => {
    expect(percentileMs(cells, 95)).toBe(expected);
  });

  it('add up, though one of them is empty', () => {
    expect(addedUp([], [1, 2])).toEqual([1, 2]);
    expect(addedUp([1, 2], [3, 4])).toEqual([4, 6]);
  });

  it('have bounds that grow', () => {
    expect([...DURATION_BOUNDS_MS].sort((a, b) => a - b)).toEqual([...DURATION_BOUNDS_MS]);
  });
});
