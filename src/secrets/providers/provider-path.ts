import { DEFAULT_WORKSPACE_ID } from '@app/kernel';

/** Where the secrets of other workspaces lie; no scope of the first one may lead there. */
const WORKSPACES = 'workspaces';

/**
 * The folders of a scope at a provider: dots part them, and every workspace but the first one has a folder of its own.
 * undefined: no secret can lie there.
 */
export function folderOf(workspaceId: string, scope: string): readonly string[] | undefined {
  const parts = scope.split('.');
  if (parts.includes('')) return undefined;
  if (workspaceId !== DEFAULT_WORKSPACE_ID) return [WORKSPACES, workspaceId, ...parts];
  return parts[0] === WORKSPACES ? undefined : parts;
}
