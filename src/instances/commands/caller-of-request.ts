import { requestContext } from '@app/telemetry';
import { type Caller } from '../domain/caller';

/** Whoever makes this request; nobody is nobody. */
export function callerOfRequest(): Caller {
  const principal = requestContext.get()?.principal;
  return {
    isAdmin: principal?.role === 'admin',
    may: (permission) =>
      principal !== undefined && (principal.permissions === 'all' || principal.permissions.has(permission)),
  };
}
