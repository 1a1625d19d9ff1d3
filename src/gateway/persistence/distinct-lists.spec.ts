import { DistinctLists } from './distinct-lists';

describe('lists that are kept once', () => {
  it('gives lists that are alike one place', () => {
    const lists = new DistinctLists();
    const places = [
      ['a', 1],
      ['b', 1],
      ['a', 1],
      ['a', 2],
    ].map((list) => lists.placeOf(list));
    expect(places).toEqual([0, 1, 0, 2]);
    expect(lists.all).toEqual([
      ['a', 1],
      ['b', 1],
      ['a', 2],
    ]);
  });

  it('tells apart what a joined text would not', () => {
    const lists = new DistinctLists();
    const unlike = [
      ['a,b', 'c'],
      ['a', 'b,c'],
      [null, ''],
      ['', null],
      [undefined, ''],
      ['1', 1],
      [1, '1'],
    ];
    expect(unlike.map((list) => lists.placeOf(list))).toEqual([0, 1, 2, 3, 4, 5, 6]);
  });
});
