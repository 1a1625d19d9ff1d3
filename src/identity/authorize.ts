import { type Principal } from '@app/telemetry';
import { PermissionDeniedError } from './domain/identity.errors';
import { type Permission } from './domain/permissions';

/** The one place that decides; handlers that bypass the guard call the same function. */
export const may = (principal: Principal | undefined, permission: string): boolean =>
  principal !== undefined && (principal.permissions === 'all' || principal.permissions.has(permission));

export function authorize(principal: Principal | undefined, permission: Permission): void {
  if (!may(principal, permission)) throw new PermissionDeniedError(permission);
}
