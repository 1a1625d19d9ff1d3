import { DEFAULT_WORKSPACE_ID, matchesPattern } from '@app/kernel';
import { type Principal } from '@app/telemetry';
import { becauseOf } from './domain/because';
import { type Grant, type GrantsOf, type Resource } from './domain/grant';
import { PermissionDeniedError } from './domain/identity.errors';
import { isOfInstallation, type Permission } from './domain/permissions';
import { type Verdict } from './domain/verdict';

export interface Decision {
  readonly allowed: boolean;
  /** false: for this caller it does not exist, and the answer is the one for what nobody has. */
  readonly visible: boolean;
  /** Whole sentences, in the order in which it was decided. */
  readonly because: readonly string[];
  readonly code?: 'unauthenticated' | 'permission_denied' | 'not_found';
}

const NOTHING_GRANTED: GrantsOf = () => [];

const ALLOWED: ReadonlySet<Verdict> = new Set<Verdict>(['held', 'open', 'administers', 'granted']);
const HIDDEN: ReadonlySet<Verdict> = new Set<Verdict>([
  ...(['nobody', 'elsewhere', 'outside_key', 'not_granted', 'tool_not_granted'] as const),
]);

/**
 * The one place that decides: what the caller holds, cut down to its workspace, to what its key was issued for, and to what
 * grants say of the resource. Nothing ever falls back to more. Pure and in memory, because the data path asks it too.
 */
export function verdictOf(
  principal: Principal | undefined,
  permission: string,
  resource?: Resource,
  grantsOf: GrantsOf = NOTHING_GRANTED,
): Verdict {
  if (principal === undefined) return 'nobody';
  if (resource === undefined) return verdictOnPermission(principal, permission);
  // Where it is hidden, what the caller holds would tell that it is there.
  const verdict = verdictOnResource(principal, permission, resource, grantsOf);
  if (HIDDEN.has(verdict)) return verdict;
  const held = verdictOnPermission(principal, permission);
  return held === 'held' ? verdict : held;
}

function verdictOnPermission({ permissions, workspaceId }: Principal, permission: string): Verdict {
  if (permissions !== 'all' && !permissions.has(permission)) return 'not_held';
  return workspaceId !== DEFAULT_WORKSPACE_ID && isOfInstallation(permission) ? 'of_installation' : 'held';
}

function verdictOnResource(
  principal: Principal,
  permission: string,
  resource: Resource,
  grantsOf: GrantsOf,
): Verdict {
  if (resource.workspaceId !== principal.workspaceId) return 'elsewhere';
  if (!isWithinKey(principal, resource)) return 'outside_key';
  const grants = grantsOf(resource);
  if (grants.length === 0) return 'open';
  if (principal.role === 'admin') return 'administers';
  const own = grants.filter((grant) => isFor(grant, principal));
  if (own.length === 0) return 'not_granted';
  const fitting = own.filter(({ permissions }) => permissions.includes(permission));
  if (fitting.length === 0) return 'not_in_grant';
  const { tool } = resource;
  return tool === undefined || fitting.some((grant) => coversTool(grant, tool))
    ? 'granted'
    : 'tool_not_granted';
}

/** A key for one endpoint reaches the members of it by that endpoint, and no other way. */
function isWithinKey({ limitedTo }: Principal, { type, name, through }: Resource): boolean {
  if (limitedTo === undefined || type === 'pipelines') return true;
  if (type === 'instances' && through !== undefined && limitedTo.endpoints?.has(through) === true)
    return true;
  return limitedTo[type]?.has(name) ?? true;
}

function isFor({ subjectKind, subject }: Grant, { role, userId, keyId, kind, id }: Principal): boolean {
  switch (subjectKind) {
    case 'role':
      return subject === role;
    case 'user':
      return subject === (userId ?? (kind === 'user' ? id : undefined));
    case 'key':
      return subject === keyId;
  }
}

const coversTool = ({ tools }: Grant, tool: string): boolean =>
  tools?.some((pattern) => matchesPattern(pattern, tool)) ?? true;

export const isAllowed = (verdict: Verdict): boolean => ALLOWED.has(verdict);

/** With its reasons, for people; whoever only needs the answer asks `may`. */
export function decide(
  principal: Principal | undefined,
  permission: string,
  resource?: Resource,
  grantsOf: GrantsOf = NOTHING_GRANTED,
): Decision {
  const verdict = verdictOf(principal, permission, resource, grantsOf);
  const because = becauseOf(verdict, { principal, permission, resource });
  if (isAllowed(verdict)) return { allowed: true, visible: true, because };
  const visible = !HIDDEN.has(verdict);
  const hidden = verdict === 'nobody' ? 'unauthenticated' : 'not_found';
  return { allowed: false, visible, because, code: visible ? 'permission_denied' : hidden };
}

export const may = (
  principal: Principal | undefined,
  permission: string,
  resource?: Resource,
  grantsOf: GrantsOf = NOTHING_GRANTED,
): boolean => isAllowed(verdictOf(principal, permission, resource, grantsOf));

/** For what concerns no resource with an owner; `Access` decides about those. */
export function authorize(principal: Principal | undefined, permission: Permission): void {
  if (!may(principal, permission)) throw new PermissionDeniedError(permission);
}
