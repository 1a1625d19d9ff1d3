import { isPermission, type Permission } from '../domain/permissions';

const PREFIX = 'mcp:';

/** What MCP clients may ask an authorization server for, the least first; there is no scope for everything. */
export const MCP_SCOPES = [
  'mcp:tools.read',
  'mcp:resources.read',
  'mcp:prompts.read',
  'mcp:tools.call',
] as const;

/** Enough for a conversation to begin. */
export const FIRST_SCOPE = MCP_SCOPES[0];

/** `tools:call` is `mcp:tools.call` at an authorization server, which serves other resources too. */
export const oauthScopeOf = (permission: string): string => PREFIX + permission.replace(':', '.');

/** Scopes that are not ours allow nothing. */
export function permissionsOfScopes(scopes: readonly string[]): ReadonlySet<Permission> {
  const named = scopes
    .filter((scope) => scope.startsWith(PREFIX))
    .map((scope) => scope.slice(PREFIX.length).replace('.', ':'))
    .filter(isPermission);
  // Every conversation begins with what `tools:read` covers: without it the other three could not be used at all.
  const begins = scopes.some((scope) => (MCP_SCOPES as readonly string[]).includes(scope));
  return new Set([...named, ...(begins ? (['tools:read'] as const) : [])]);
}
