import { DIFFERENCES_MAX, differencesOf } from './compare';

describe('differencesOf', () => {
  it.each([
    ['nothing where both say the same, in whatever order', { a: 1, b: [2] }, { b: [2], a: 1 }, []],
    ['a changed value', { a: { b: 1 } }, { a: { b: 2 } }, [{ pointer: '/a/b', a: 1, b: 2 }]],
    [
      'what only one has',
      { a: 1 },
      { b: 2 },
      [
        { pointer: '/a', a: 1 },
        { pointer: '/b', b: 2 },
      ],
    ],
    [
      'items by their place',
      [1, 2],
      [1, 3, 4],
      [
        { pointer: '/1', a: 2, b: 3 },
        { pointer: '/2', b: 4 },
      ],
    ],
    ['a list beside an object', [1], { 0: 1 }, [{ pointer: '', a: [1], b: { 0: 1 } }]],
    ['odd names', { 'a/b~c': 1 }, { 'a/b~c': 2 }, [{ pointer: '/a~1b~0c', a: 1, b: 2 }]],
    ['null, which is there', { a: null }, {}, [{ pointer: '/a', a: null }]],
    ['a document that is missing', undefined, { a: 1 }, [{ pointer: '', b: { a: 1 } }]],
  ])('tells %s', (_, a, b, expected) => {
    expect(differencesOf(a, b)).toEqual(expected);
  });

  it('ends at its bound, and cuts what is long', () => {
    const many = Object.fromEntries(Array.from({ length: 500 }, (_, at) => [`m${String(at)}`, at]));
    expect(differencesOf(many, {})).toHaveLength(DIFFERENCES_MAX);
    expect(JSON.stringify(differencesOf('x'.repeat(10_000), 1)).length).toBeLessThan(300);
  });
});
