import { neighbourOf } from './neighbours';

describe('neighbours in a list', () => {
  it.each([
    ['the one behind', 'b', 1, 'c'],
    ['the one before', 'b', -1, 'a'],
    ['nothing behind the last', 'c', 1, undefined],
    ['nothing before the first', 'a', -1, undefined],
    ['nothing beside what is not of it', 'x', 1, undefined],
  ] as const)('are %s', (_case, id, by, expected) => {
    expect(neighbourOf(['a', 'b', 'c'], id, by)).toBe(expected);
  });
});
