import { DEFAULT_WORKSPACE_ID } from '@app/kernel';
import { type Principal } from '@app/telemetry';
import { decide, may } from './authorize';
import { type Grant, type Resource } from './domain/grant';
import { permissionsOf } from './domain/permissions';

const OTHER_WORKSPACE = '10000000-0000-4000-8000-000000000002';

const caller = (role: string, more: Partial<Principal> = {}, scopes: readonly string[] = []): Principal => ({
  ...{ id: 'k1', kind: 'key', name: 'ci', role, permissions: permissionsOf(role, scopes) },
  ...{ workspaceId: DEFAULT_WORKSPACE_ID, keyId: 'k1', ...more },
});
const docs: Resource = { type: 'instances', id: 'i-docs', name: 'docs', workspaceId: DEFAULT_WORKSPACE_ID };
const reading: Resource = {
  type: 'endpoints',
  id: 'reading',
  name: 'reading',
  workspaceId: DEFAULT_WORKSPACE_ID,
};
const grant = (subject: string, permissions: readonly string[], tools?: readonly string[]): Grant => {
  const [subjectKind, name] = subject.split(':') as [Grant['subjectKind'], string];
  const about = { resourceType: 'instances', resourceId: docs.id } as const;
  return { ...about, subjectKind, subject: name, permissions, ...(tools === undefined ? {} : { tools }) };
};
const TO_READERS = [grant('role:viewer', ['tools:read'])];
const TO_ONE_KEY = [grant('key:k1', ['tools:read', 'tools:call'], ['read_*'])];

type Row = readonly [
  what: string,
  principal: Principal | undefined,
  permission: string,
  resource: Resource | undefined,
  grants: readonly Grant[],
  expected: 'allowed' | 'permission_denied' | 'not_found' | 'unauthenticated',
];

const TABLE: readonly Row[] = [
  ['nobody', undefined, 'me:read', undefined, [], 'unauthenticated'],
  ['an administrator', caller('admin'), 'secrets:delete', undefined, [], 'allowed'],
  ['a viewer who may not', caller('viewer'), 'tools:call', undefined, [], 'permission_denied'],
  ['a developer who may', caller('developer'), 'tools:call', undefined, [], 'allowed'],
  ['a role that does not exist', caller('owner'), 'tools:read', undefined, [], 'permission_denied'],
  [
    'scopes that leave it out',
    caller('admin', {}, ['tools:read']),
    'tools:call',
    undefined,
    [],
    'permission_denied',
  ],
  [
    'scopes beyond the role',
    caller('viewer', {}, ['tools:call']),
    'tools:call',
    undefined,
    [],
    'permission_denied',
  ],
  ['who it is, under any scopes', caller('viewer', {}, ['tools:call']), 'me:read', undefined, [], 'allowed'],
  [
    'the installation, from its first workspace',
    caller('admin'),
    'workspaces:create',
    undefined,
    [],
    'allowed',
  ],
  [
    ...([
      'the installation, from another workspace',
      caller('admin', { workspaceId: OTHER_WORKSPACE }),
    ] as const),
    ...(['workspaces:create', undefined, [], 'permission_denied'] as const),
  ],
  ['an open resource', caller('viewer'), 'tools:read', docs, [], 'allowed'],
  ['an open resource, without the permission', caller('viewer'), 'tools:call', docs, [], 'permission_denied'],
  [
    ...([
      'another workspace, for its administrator',
      caller('admin', { workspaceId: OTHER_WORKSPACE }),
    ] as const),
    ...(['instances:read', docs, [], 'not_found'] as const),
  ],
  [
    ...([
      'another workspace, without the permission',
      caller('viewer', { workspaceId: OTHER_WORKSPACE }),
    ] as const),
    ...(['instances:delete', docs, [], 'not_found'] as const),
  ],
  ['a granted role', caller('viewer'), 'tools:read', docs, TO_READERS, 'allowed'],
  ['a role without a grant', caller('operator'), 'tools:read', docs, TO_READERS, 'not_found'],
  ['an administrator without a grant', caller('admin'), 'tools:read', docs, TO_READERS, 'allowed'],
  ['what the grant leaves out', caller('viewer'), 'instances:read', docs, TO_READERS, 'permission_denied'],
  [
    'a grant beyond the role',
    caller('viewer'),
    'tools:call',
    docs,
    [grant('role:viewer', ['tools:call'])],
    'permission_denied',
  ],
  ['a granted key', caller('developer'), 'tools:call', docs, TO_ONE_KEY, 'allowed'],
  ['another key', caller('developer', { keyId: 'k2' }), 'tools:call', docs, TO_ONE_KEY, 'not_found'],
  [
    'a granted tool',
    caller('developer'),
    'tools:call',
    { ...docs, tool: 'read_file' },
    TO_ONE_KEY,
    'allowed',
  ],
  [
    'another tool',
    caller('developer'),
    'tools:call',
    { ...docs, tool: 'write_file' },
    TO_ONE_KEY,
    'not_found',
  ],
  [
    ...(['the key of a granted user', caller('developer', { userId: 'u1' }), 'tools:call', docs] as const),
    ...([[grant('user:u1', ['tools:call'])], 'allowed'] as const),
  ],
  [
    ...(['a granted user', caller('developer', { kind: 'user', id: 'u1' }), 'tools:call', docs] as const),
    ...([[grant('user:u1', ['tools:call'])], 'allowed'] as const),
  ],
  [
    ...([
      'what the key was issued for',
      caller('admin', { limitedTo: { instances: new Set(['docs']) } }),
    ] as const),
    ...(['tools:call', docs, [], 'allowed'] as const),
  ],
  [
    ...([
      'an administrator’s key for something else',
      caller('admin', { limitedTo: { instances: new Set(['mail']) } }),
    ] as const),
    ...(['instances:read', docs, [], 'not_found'] as const),
  ],
  [
    ...([
      'an endpoint that the key was not issued for',
      caller('admin', { limitedTo: { endpoints: new Set(['x']) } }),
    ] as const),
    ...(['endpoints:read', reading, [], 'not_found'] as const),
  ],
  [
    ...([
      'a member by the endpoint of the key',
      caller('developer', { limitedTo: { instances: new Set(), endpoints: new Set(['reading']) } }),
    ] as const),
    ...(['tools:call', { ...docs, through: 'reading' }, [], 'allowed'] as const),
  ],
  [
    ...([
      'a member of another endpoint',
      caller('developer', { limitedTo: { instances: new Set(), endpoints: new Set(['reading']) } }),
    ] as const),
    ...(['tools:call', { ...docs, through: 'writing' }, [], 'not_found'] as const),
  ],
  [
    ...([
      'a member by the key’s endpoint, closed by grants',
      caller('developer', { limitedTo: { endpoints: new Set(['reading']) } }),
    ] as const),
    ...([
      'tools:call',
      { ...docs, through: 'reading' },
      [grant('key:k9', ['tools:call'])],
      'not_found',
    ] as const),
  ],
];

describe('the decision', () => {
  it.each(TABLE)('about %s', (_what, ...row) => {
    const [principal, permission, resource, grants, expected] = row;
    const grantsOf = () => grants;
    const { allowed, visible, code, because } = decide(principal, permission, resource, grantsOf);
    expect(allowed ? 'allowed' : code).toBe(expected);
    expect(visible).toBe(expected === 'allowed' || expected === 'permission_denied');
    expect(may(principal, permission, resource, grantsOf)).toBe(allowed);
    expect(because.length).toBeGreaterThan(0);
    for (const sentence of because) expect(sentence).toMatch(/^[A-Za-z].*\.$/);
  });

  it('says no more of what is hidden than of what does not exist', () => {
    const hidden = decide(caller('operator'), 'tools:read', docs, () => TO_READERS);
    const elsewhere = decide(caller('operator', { workspaceId: OTHER_WORKSPACE }), 'tools:read', docs);
    expect(hidden.because).toEqual(elsewhere.because);
  });
});
