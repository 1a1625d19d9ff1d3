import { newestLines } from './newest-lines';

describe('newestLines', () => {
  it.each<[readonly string[], number, readonly string[]]>([
    [[], 10, []],
    [['aa', 'bb'], 10, ['aa', 'bb']],
    [['aa', 'bb'], 4, ['aa', 'bb']],
    [['aa', 'bb', 'cc'], 5, ['bb', 'cc']],
    [['short', 'much too long'], 5, []],
  ])('keeps of %j what fits into %i', (lines, max, kept) => {
    expect(newestLines(lines, max)).toEqual(kept);
  });
});
