import { isSameJson } from './json';

describe('isSameJson', () => {
  it.each<[unknown, unknown]>([
    [1, 1],
    ['a', 'a'],
    [null, null],
    [
      { b: 1, a: { d: [1, { x: 'y' }], c: null } },
      { a: { c: null, d: [1, { x: 'y' }] }, b: 1 },
    ],
    [{ a: 1, gone: undefined }, { a: 1 }],
    [[], []],
  ])('finds %j and %j the same', (one, other) => {
    expect(isSameJson(one, other)).toBe(true);
  });

  it.each<[unknown, unknown]>([
    [1, '1'],
    [{}, []],
    [{}, null],
    [
      [1, 2],
      [2, 1],
    ],
    [[1], [1, 1]],
    [{ a: 1 }, { a: 1, b: 2 }],
    [{ a: null }, {}],
    [{ toString: 1 }, {}],
  ])('tells %j from %j', (one, other) => {
    expect(isSameJson(one, other)).toBe(false);
    expect(isSameJson(other, one)).toBe(false);
  });
});
