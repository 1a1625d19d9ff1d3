/** Every permission there is. A handler that asks for another one does not boot: a typing error would lock people out. */
export const PERMISSIONS = [
  'servers:read',
  'servers:create',
  'servers:update',
  'servers:delete',
  'instances:read',
  'instances:create',
  'instances:update',
  'instances:delete',
  'instances:operate',
  'tools:read',
  'tools:call',
  'resources:read',
  'prompts:read',
  'endpoints:read',
  'endpoints:create',
  'endpoints:update',
  'endpoints:delete',
  'secrets:read',
  'secrets:write',
  'secrets:delete',
  'secrets:use',
  'secrets:rotate',
  'audit:read',
  'audit:verify',
  'audit:export',
  'health:read',
  'metrics:read',
  'operations:read',
  'containers:read',
  'containers:create',
  'containers:delete',
  'me:read',
  'workspaces:read',
  'workspaces:create',
  'workspaces:update',
  'workspaces:delete',
  'grants:read',
  'grants:write',
  'me:update',
  'users:read',
  'users:create',
  'users:update',
  'users:delete',
  'roles:read',
  'keys:read',
  'keys:create',
  'keys:update',
  'keys:revoke',
  'issuers:read',
  'issuers:create',
  'issuers:update',
  'issuers:delete',
  'quotas:read',
  'quotas:write',
  'usage:read',
  'settings:read',
  'settings:write',
  'queues:read',
  'queues:operate',
  'agents:read',
  'agents:register',
  'agents:update',
  'agents:delete',
  'agents:work',
  'tasks:read',
  'tasks:submit',
  'tasks:cancel',
  'tasks:retry',
  'tasks:limit',
  'tasks:work',
  'pipelines:read',
  'pipelines:create',
  'pipelines:update',
  'pipelines:delete',
  'pipelines:execute',
  'pipelines:approve',
  'notifications:read',
  'notifications:write',
] as const;
export type Permission = (typeof PERMISSIONS)[number];

/** Held by every identity whatever its scopes say: who you are, your password and your sign-out are no privileges. */
export const ALWAYS_HELD: readonly Permission[] = ['me:read', 'me:update'];

export const ROLES = ['admin', 'operator', 'developer', 'viewer', 'agent'] as const;
export type Role = (typeof ROLES)[number];

const READ_ONLY: readonly Permission[] = [
  'servers:read',
  'instances:read',
  'tools:read',
  'prompts:read',
  'endpoints:read',
  'health:read',
  'metrics:read',
  'operations:read',
  'containers:read',
  'usage:read',
  'roles:read',
  'agents:read',
  'tasks:read',
  'pipelines:read',
  // Of the caller's own keys, and never more than the caller holds.
  'keys:read',
  'keys:create',
  'keys:update',
  'keys:revoke',
];

const DEVELOPER: readonly Permission[] = [
  ...READ_ONLY,
  'servers:create',
  'servers:update',
  'instances:create',
  'instances:update',
  'instances:delete',
  'instances:operate',
  'tools:call',
  'resources:read',
  'endpoints:create',
  'endpoints:update',
  'endpoints:delete',
  'secrets:read',
  'secrets:write',
  'secrets:use',
  'containers:create',
  'containers:delete',
  'agents:register',
  'agents:update',
  'agents:delete',
  'tasks:submit',
  'tasks:cancel',
  'tasks:retry',
  'pipelines:create',
  'pipelines:update',
  'pipelines:delete',
  'pipelines:execute',
  'pipelines:approve',
  'notifications:read',
];

/** Which role may do what, as data: the console and the tests read the same table. */
export const ROLE_PERMISSIONS: Readonly<Record<Role, readonly Permission[] | 'all'>> = {
  admin: 'all',
  operator: [
    ...DEVELOPER,
    'servers:delete',
    'secrets:delete',
    'audit:read',
    'audit:verify',
    'quotas:read',
    'settings:read',
    'queues:read',
    'tasks:limit',
    'notifications:write',
  ],
  developer: DEVELOPER,
  viewer: READ_ONLY,
  agent: [
    'servers:read',
    'instances:read',
    'tools:read',
    'tools:call',
    'resources:read',
    'prompts:read',
    'endpoints:read',
    'agents:read',
    'agents:register',
    'agents:work',
    'tasks:read',
    'tasks:submit',
    'tasks:work',
  ],
};

export const isRole = (text: string): text is Role => (ROLES as readonly string[]).includes(text);
export const isPermission = (text: string): text is Permission =>
  (PERMISSIONS as readonly string[]).includes(text);

/**
 * What a key may do: its role's permissions cut down to its scopes. No scopes = the whole role, as it was issued; scopes
 * that the role does not hold add nothing, and an unknown role holds nothing.
 */
export function permissionsOf(role: string, scopes: readonly string[]): ReadonlySet<string> | 'all' {
  const held = isRole(role) ? ROLE_PERMISSIONS[role] : [];
  if (scopes.length === 0) return held === 'all' ? 'all' : new Set([...held, ...ALWAYS_HELD]);
  const holdable = held === 'all' ? PERMISSIONS : held;
  return new Set([...holdable.filter((permission) => scopes.includes(permission)), ...ALWAYS_HELD]);
}

/** What no workspace owns: held by administrators of the first workspace alone, however much another one's may do. */
const OF_INSTALLATION: ReadonlySet<string> = new Set([
  'workspaces',
  'users',
  'issuers',
  'settings',
  'metrics',
  'queues',
]);
const OF_INSTALLATION_EXACTLY: ReadonlySet<string> = new Set(['secrets:rotate']);

export const isOfInstallation = (permission: string): boolean =>
  OF_INSTALLATION.has(permission.slice(0, permission.indexOf(':'))) ||
  OF_INSTALLATION_EXACTLY.has(permission);
