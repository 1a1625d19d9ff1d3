import { DEFAULT_WORKSPACE_ID, type Scope } from '@app/kernel';
import { type Principal, requestContext } from './request-context';

/** What a principal may see at all: its workspace. */
export const scopeOf = ({ workspaceId }: Principal): Scope => ({ workspaceId });

/** Of whoever this work is done for. Nobody is no scope: what asks for rows without saying for whom is a mistake. */
export function scopeOfRequest(): Scope {
  return scopeOf(principalOfRequest());
}

export function principalOfRequest(): Principal {
  const principal = requestContext.get()?.principal;
  if (principal === undefined) throw new Error('Rows with an owner are asked for by nobody.');
  return principal;
}

/** What handles are bound to: one person may act in several workspaces, and a handle of one is none in another. */
export const identityOf = ({ id, workspaceId }: Pick<Principal, 'id' | 'workspaceId'>): string =>
  workspaceId === DEFAULT_WORKSPACE_ID ? id : `${id}@${workspaceId}`;
