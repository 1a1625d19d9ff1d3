import * as fc from 'fast-check';
import { faultOfPattern, matchesPattern } from './tool-pattern';

describe('a pattern of tool names', () => {
  it.each([
    ['*', 'anything', true],
    ['*', '', true],
    ['read_*', 'read_file', true],
    ['read_*', 'write_file', false],
    ['*_file', 'read_file', true],
    ['*_file', '_file', true],
    ['a*b*c', 'a-b-c', true],
    ['a*b*c', 'a-c-b', false],
    ['ab*ba', 'aba', false],
    ['echo', 'echo', true],
    ['echo', 'echos', false],
    ['a.c', 'abc', false],
    ['', '', true],
  ])('%j takes %j: %s', (pattern, name, expected) => {
    expect(matchesPattern(pattern, name)).toBe(expected);
  });

  it('agrees with the regular expression it stands for', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b', '*'), maxLength: 8 });
    const names = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 12 });
    fc.assert(
      fc.property(letters, names, (pattern, name) => {
        const expression = new RegExp(`^${pattern.replaceAll('*', '[ab]*')}$`);
        expect(matchesPattern(pattern, name)).toBe(expression.test(name));
      }),
    );
  });

  it.each(['', 'x'.repeat(129), '*a*a*a*a*a*a*a*a*', 'line\nbreak', 'naïve'])('is not %j', (pattern) => {
    expect(faultOfPattern(pattern)).toBeDefined();
  });

  it.each(['*', 'read_*', '*a*b*c*d*e*f*g'])('may be %j', (pattern) => {
    expect(faultOfPattern(pattern)).toBeUndefined();
  });
});
