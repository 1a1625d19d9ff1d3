import { linesOf, patchOf, readLines } from './label-lines';

describe('labels as lines', () => {
  it('are read as they are shown', () => {
    const labels = { team: 'search', 'a.b/c': 'x: y', only: '' };
    expect(linesOf(labels)).toBe('a.b/c: x: y\nonly\nteam: search');
    expect(readLines(`\n ${linesOf(labels)} \n\n`)).toEqual(labels);
    expect(readLines('')).toEqual({});
  });

  it('are sent as what differs', () => {
    expect(patchOf({ a: '1', b: '2', c: '3' }, { a: '1', b: '4', d: '' })).toEqual({
      b: '4',
      c: null,
      d: '',
    });
    expect(patchOf({ a: '1' }, { a: '1' })).toEqual({});
  });
});
