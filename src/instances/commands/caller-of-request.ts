import { DEFAULT_WORKSPACE_ID } from '@app/kernel';
import { requestContext } from '@app/telemetry';
import { type Caller } from '../domain/caller';

/** Whoever makes this request; nobody is nobody. */
export function callerOfRequest(): Caller {
  const principal = requestContext.get()?.principal;
  return {
    // Variables of the process and addresses of this machine are the installation's, which no other workspace administers.
    isAdmin: principal?.role === 'admin' && principal.workspaceId === DEFAULT_WORKSPACE_ID,
    may: (permission) =>
      principal !== undefined && (principal.permissions === 'all' || principal.permissions.has(permission)),
  };
}
