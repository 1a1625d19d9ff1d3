import { type JsonObject, type JsonValue } from '@app/kernel';
import { isRole, ROLES, type Role } from '../domain/permissions';
import { type TrustedIssuer } from './domain/trusted-issuer';

/** Values that are looked at of a claim with a list. */
const MAX_VALUES = 100;
const MAX_NAME_CHARACTERS = 200;
const MAX_SUBJECT_CHARACTERS = 255;
/** What would break a line of a log or the look of a page. */
const CONTROL = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;

/** Who a token speaks of, in our words. */
export interface ClaimedIdentity {
  readonly subject: string;
  readonly username: string;
  readonly name?: string;
  readonly email?: string;
  /** Absent: none of its roles means anything here. */
  readonly role?: Role;
  /** Absent: it belongs to no workspace of ours. */
  readonly workspaceId?: string;
}

/** undefined without a usable `sub`. Pure: the token was verified before. */
export function claimsOf(issuer: TrustedIssuer, claims: JsonObject): ClaimedIdentity | undefined {
  const subject = subjectOf(claims['sub']);
  if (subject === undefined) return undefined;
  const name = textOf(claims['name']);
  const email = textOf(claims['email']);
  const role = roleOf(issuer, claims);
  const workspaceId = workspaceOf(issuer, claims);
  return {
    subject,
    username: textOf(claims['preferred_username']) ?? textOf(claims['username']) ?? email ?? name ?? subject,
    ...(name === undefined ? {} : { name }),
    ...(email === undefined ? {} : { email }),
    ...(role === undefined ? {} : { role }),
    ...(workspaceId === undefined ? {} : { workspaceId }),
  };
}

/** User services from before the rule that it is text number their users. */
function subjectOf(value: JsonValue | undefined): string | undefined {
  if (typeof value === 'number') return Number.isSafeInteger(value) && value >= 0 ? String(value) : undefined;
  if (typeof value !== 'string' || value.trim() === '' || value.length > MAX_SUBJECT_CHARACTERS)
    return undefined;
  return CONTROL.test(value) ? undefined : value;
}

function textOf(value: JsonValue | undefined): string | undefined {
  if (typeof value !== 'string' || value.trim() === '' || CONTROL.test(value)) return undefined;
  return value.slice(0, MAX_NAME_CHARACTERS);
}

/** The strongest of those that mean something here. */
function roleOf({ roleClaims, roleMap, defaultRole }: TrustedIssuer, claims: JsonObject): Role | undefined {
  const claim = roleClaims.map((name) => claimAt(claims, name)).find((value) => value !== undefined);
  if (claim === undefined) return defaultRole ?? undefined;
  const names = new Map(Object.entries(roleMap));
  const held = valuesOf(claim).map((value) => (names.size === 0 ? value : names.get(value)));
  return ROLES.find((role) => held.includes(role) && isRole(role));
}

/** A value that the map does not know leads nowhere: it must not fall back to the workspace of the others. */
function workspaceOf(issuer: TrustedIssuer, claims: JsonObject): string | undefined {
  const { workspaceClaim, workspaceMap, workspaceId } = issuer;
  const claim = workspaceClaim === null ? undefined : claimAt(claims, workspaceClaim);
  if (claim === undefined) return workspaceId ?? undefined;
  const workspaces = new Map(Object.entries(workspaceMap));
  return valuesOf(claim)
    .map((value) => workspaces.get(value))
    .find((id) => id !== undefined);
}

/** The claim of that very name, else the one that the dots in it lead to. */
function claimAt(claims: JsonObject, name: string): JsonValue | undefined {
  if (Object.hasOwn(claims, name)) return claims[name];
  let at: JsonValue | undefined = claims;
  for (const part of name.split('.')) {
    if (typeof at !== 'object' || at === null || Array.isArray(at) || !Object.hasOwn(at, part))
      return undefined;
    at = (at as JsonObject)[part];
  }
  return at;
}

function valuesOf(claim: JsonValue): readonly string[] {
  const values = Array.isArray(claim) ? claim.slice(0, MAX_VALUES) : [claim];
  return values.filter((value): value is string => typeof value === 'string');
}
