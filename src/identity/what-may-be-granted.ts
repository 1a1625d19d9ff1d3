import { DEFAULT_WORKSPACE_ID } from '@app/kernel';
import { type Principal } from '@app/telemetry';
import { may } from './authorize';
import { permissionsOf } from './domain/permissions';
import { covers } from './keys/key-principal';
import { GrantExceedsOwnError } from './users/user.errors';

export interface Power {
  readonly workspaceId: string;
  readonly role: string;
  readonly scopes?: readonly string[];
}

/**
 * Nobody grants what they do not hold, and nobody manages who holds more: whoever sets an administrator's password is one.
 * Outside of their own workspace only administrators of the installation hold anything.
 */
export function demandCovers(actor: Principal, { workspaceId, role, scopes = [] }: Power): void {
  const isElsewhere = workspaceId !== actor.workspaceId;
  if (isElsewhere && !isInstallationAdmin(actor)) throw new GrantExceedsOwnError('another workspace');
  if (!covers(actor.permissions, permissionsOf(role, scopes)))
    throw new GrantExceedsOwnError(`the power of the role ${role}`);
}

export const isInstallationAdmin = (actor: Principal): boolean =>
  actor.workspaceId === DEFAULT_WORKSPACE_ID && actor.role === 'admin' && may(actor, 'users:update');
