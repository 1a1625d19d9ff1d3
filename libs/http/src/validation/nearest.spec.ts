import { nearest } from './nearest';

describe('nearest', () => {
  const KNOWN = ['limit', 'cursor', 'server_name', 'q'];
  it.each([
    ['limt', 'limit'],
    ['Limit', 'limit'],
    ['curser', 'cursor'],
    ['servername', 'server_name'],
    ['server', undefined],
    ['w', 'q'],
    ['completely_else', undefined],
    ['l'.repeat(1_000_000), undefined],
  ])('to %s is %s', (name, meant) => {
    expect(nearest(name, KNOWN)).toBe(meant);
  });

  it('is nothing among nothing', () => {
    expect(nearest('a', [])).toBeUndefined();
  });
});
