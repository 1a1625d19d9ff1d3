import { actorOf, type Principal, requestContext } from '@app/telemetry';
import { type KeyLimits } from '../domain/api-key';
import { isPermission, permissionsOf } from '../domain/permissions';
import { GrantExceedsOwnError } from '../users/user.errors';
import { demandCovers } from '../what-may-be-granted';
import { ApiKeyInvalidError } from './api-key.errors';
import { type IssuedKey, type KeyChange, type KeyReach, type NewKey } from './issued-key';
import { covers } from './key-principal';

/** Throws unless the caller holds all that the key would. */
export function judgeNewKey(actor: Principal, wanted: NewKey, now: Date): void {
  const { scopes, role, expiresAt, limitedTo, userId, workspaceId } = wanted;
  refuseUnknown(scopes);
  if (expiresAt !== undefined && expiresAt <= now)
    throw new ApiKeyInvalidError('/expires_at', 'is over already');
  demandCovers(actor, { workspaceId, role, scopes });
  // Scopes may be fewer than the role, but none of them outside of it: it would be dead, and look alive.
  const ofRole = permissionsOf(role, []);
  const outside = scopes.find((scope) => ofRole !== 'all' && !ofRole.has(scope));
  if (outside !== undefined)
    throw new ApiKeyInvalidError('/scopes', `holds ${outside}, which the role does not`);
  // A key of nobody outlives whoever made it: only who holds everything may leave such a thing behind.
  if (userId !== actor.userId && actor.permissions !== 'all')
    throw new GrantExceedsOwnError('a key that does not end with its maker');
  if (userId === undefined && actor.userId === undefined && actor.permissions !== 'all')
    throw new GrantExceedsOwnError('a key that does not end with its maker');
  demandWithin(actor.limitedTo, limitedTo);
}

/** A key that was issued for some instances makes none for others. */
function demandWithin(own: Principal['limitedTo'], wanted: KeyLimits | undefined): void {
  for (const type of ['instances', 'endpoints'] as const) {
    const allowed = own?.[type];
    if (allowed === undefined) continue;
    const asked = wanted?.[type];
    if (asked === undefined || asked.some((name) => !allowed.has(name)))
      throw new GrantExceedsOwnError(`${type} that the caller's own key does not reach`);
  }
}

export function assertNarrower({ role, scopes, expiresAt }: IssuedKey, change: KeyChange): void {
  if (change.scopes !== undefined) {
    refuseUnknown(change.scopes);
    if (!covers(permissionsOf(role, scopes), permissionsOf(role, change.scopes)))
      throw new ApiKeyInvalidError('/scopes', 'would be more than the key has now');
  }
  if (change.expiresAt !== undefined && expiresAt !== null && change.expiresAt > expiresAt)
    throw new ApiKeyInvalidError('/expires_at', 'would be later than it is now');
}

function refuseUnknown(scopes: readonly string[]): void {
  const at = scopes.findIndex((scope) => !isPermission(scope));
  if (at !== -1) throw new ApiKeyInvalidError(`/scopes/${at}`, 'is no permission');
}

/** All keys of the workspace for its administrators; for others those of their own. */
export function reachOf(principal: Principal): KeyReach {
  const { workspaceId, role, userId, limitedTo } = principal;
  if (role === 'admin' && limitedTo === undefined) return { workspaceId };
  const createdBy = actorOf(requestContext.get());
  return userId === undefined ? { workspaceId, createdBy } : { workspaceId, userId };
}
