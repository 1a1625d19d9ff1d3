import { type Principal } from '@app/telemetry';
import { type ApiKey, type KeyLimits } from '../domain/api-key';
import { permissionsOf } from '../domain/permissions';

/** What a live key stands for: its scopes, and never more than its owner is now. */
export function principalOfKey(key: ApiKey): Principal {
  const { id, name, workspaceId, userId, ownerRole, agentId, limitedTo } = key;
  const wanted = permissionsOf(key.role, key.scopes);
  const held = ownerRole === null ? 'all' : permissionsOf(ownerRole, []);
  return {
    id: agentId ?? id,
    kind: agentId === null ? 'key' : 'agent',
    name,
    role: ownerRole === null || covers(held, permissionsOf(key.role, [])) ? key.role : ownerRole,
    permissions: meetOf(wanted, held),
    workspaceId,
    keyId: id,
    ...(userId === null ? {} : { userId }),
    ...(agentId === null ? {} : { agentId }),
    ...(limitedTo === null ? {} : { limitedTo: toSets(limitedTo) }),
  };
}

type Permissions = ReadonlySet<string> | 'all';

export function covers(held: Permissions, wanted: Permissions): boolean {
  if (held === 'all') return true;
  return wanted !== 'all' && [...wanted].every((one) => held.has(one));
}

function meetOf(one: Permissions, other: Permissions): Permissions {
  if (one === 'all') return other;
  return other === 'all' ? one : new Set([...one].filter((permission) => other.has(permission)));
}

const toSets = ({ instances, endpoints }: KeyLimits): NonNullable<Principal['limitedTo']> => ({
  ...(instances === undefined ? {} : { instances: new Set(instances) }),
  ...(endpoints === undefined ? {} : { endpoints: new Set(endpoints) }),
});
