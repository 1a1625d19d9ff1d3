import { isPermission, PERMISSIONS, permissionsOf, ROLE_PERMISSIONS, ROLES } from './permissions';

const listOf = (held: ReadonlySet<string> | 'all'): readonly string[] =>
  held === 'all' ? ['all'] : [...held].sort();

describe('what a key may do', () => {
  it('is what its role may, when it names no scopes', () => {
    expect(permissionsOf('admin', [])).toBe('all');
    expect(listOf(permissionsOf('viewer', []))).toContain('instances:read');
    expect(listOf(permissionsOf('viewer', []))).not.toContain('tools:call');
  });

  it('is the intersection of role and scopes, when it names some', () => {
    expect(listOf(permissionsOf('viewer', ['instances:read', 'tools:call']))).toEqual([
      'instances:read',
      'me:read',
    ]);
    expect(listOf(permissionsOf('admin', ['audit:read']))).toEqual(['audit:read', 'me:read']);
  });

  it('is never the broader set when scopes and role have nothing in common', () => {
    expect(listOf(permissionsOf('agent', ['secrets:write']))).toEqual(['me:read']);
  });

  it('is nothing for a role that nobody knows', () => {
    expect(listOf(permissionsOf('root', []))).toEqual(['me:read']);
  });

  it.each(ROLES)('names only permissions that exist for %s', (role) => {
    const held = ROLE_PERMISSIONS[role];
    expect(held === 'all' || held.every(isPermission)).toBe(true);
  });

  it('lets agents call tools and touch nothing', () => {
    const held = listOf(permissionsOf('agent', []));
    expect(held).toContain('tools:call');
    expect(held.filter((name) => /:(create|update|delete|operate|write)$/.test(name))).toEqual([]);
  });

  it('spells every permission as resource and verb', () => {
    expect(PERMISSIONS.filter((name) => !/^[a-z]+:[a-z]+$/.test(name))).toEqual([]);
  });
});
