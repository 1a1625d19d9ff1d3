import { isPermission, PERMISSIONS, permissionsOf, ROLE_PERMISSIONS, ROLES } from './permissions';

const listOf = (held: ReadonlySet<string> | 'all'): readonly string[] =>
  held === 'all' ? ['all'] : [...held].sort();

const ALWAYS = ['me:read', 'me:update'];

describe('what a key may do', () => {
  it('is what its role may, when it names no scopes', () => {
    expect(permissionsOf('admin', [])).toBe('all');
    expect(listOf(permissionsOf('viewer', []))).toContain('instances:read');
    expect(listOf(permissionsOf('viewer', []))).not.toContain('tools:call');
  });

  it('is the intersection of role and scopes, when it names some', () => {
    expect(listOf(permissionsOf('viewer', ['instances:read', 'tools:call']))).toEqual([
      'instances:read',
      ...ALWAYS,
    ]);
    expect(listOf(permissionsOf('admin', ['audit:read']))).toEqual(['audit:read', ...ALWAYS]);
  });

  it('is never the broader set when scopes and role have nothing in common', () => {
    expect(listOf(permissionsOf('agent', ['secrets:write']))).toEqual(ALWAYS);
  });

  it('is nothing for a role that nobody knows', () => {
    expect(listOf(permissionsOf('root', []))).toEqual(ALWAYS);
  });

  it.each(ROLES)('names only permissions that exist for %s', (role) => {
    const held = ROLE_PERMISSIONS[role];
    expect(held === 'all' || held.every(isPermission)).toBe(true);
  });

  it('lets agents call tools and touch nothing', () => {
    const held = listOf(permissionsOf('agent', []));
    expect(held).toContain('tools:call');
    const touching = held.filter((name) => /:(create|update|delete|operate|write)$/.test(name));
    expect(touching).toEqual(['me:update']);
  });

  it('spells every permission as resource and verb', () => {
    expect(PERMISSIONS.filter((name) => !/^[a-z]+:[a-z]+$/.test(name))).toEqual([]);
  });
});
