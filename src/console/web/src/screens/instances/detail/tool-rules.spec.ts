import { isOn, isOwnRule, matches, nameThere, renamed, switched } from './tool-rules';

describe('rules of tools', () => {
  it.each([
    ['read_*', 'read_file', true],
    ['read_*', 'write_file', false],
    ['a.b', 'axb', false],
    ['*', 'anything', true],
  ])('read the pattern %s for %s', (pattern, name, expected) => {
    expect(matches(pattern, name)).toBe(expected);
  });

  it('switch one tool off and on again, and leave the others', () => {
    const off = switched({ deny: ['delete_*'] }, 'docs', 'query', false);
    expect(off.deny).toEqual(['delete_*', 'docs__query']);
    expect([isOn(off, 'docs', 'query'), isOn(off, 'other', 'query')]).toEqual([false, true]);
    expect(switched(off, 'docs', 'query', true).deny).toEqual(['delete_*']);
  });

  it('allow a tool where only some are', () => {
    const on = switched({ allow: ['read_*'] }, 'docs', 'query', true);
    expect(on.allow).toEqual(['read_*', 'docs__query']);
    expect(isOn(on, 'docs', 'query')).toBe(true);
  });

  it('say when a pattern decides and a switch cannot', () => {
    expect(isOwnRule({ deny: ['que*'] }, 'docs', 'query')).toBe(false);
    expect(isOwnRule({ deny: ['query'] }, 'docs', 'query')).toBe(true);
    expect(isOwnRule({}, 'docs', 'query')).toBe(true);
  });

  it('rename a tool, keep what else is said of it, and forget an empty rule', () => {
    const rules = renamed({ overrides: { docs__query: { title: 'Query' } } }, 'docs', 'query', 'search');
    expect(nameThere(rules, 'docs', 'query')).toBe('search');
    expect(renamed(rules, 'docs', 'query', '').overrides).toEqual({ docs__query: { title: 'Query' } });
    expect(renamed(renamed({}, 'docs', 'query', 'x'), 'docs', 'query', 'query').overrides).toEqual({});
  });
});
