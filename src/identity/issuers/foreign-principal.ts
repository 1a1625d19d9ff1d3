import { type JsonObject, type JsonValue } from '@app/kernel';
import { type Principal } from '@app/telemetry';
import { ALWAYS_HELD, PERMISSIONS, permissionsOf } from '../domain/permissions';
import { type ClaimedIdentity } from './claims-of';
import { type TrustedIssuer } from './domain/trusted-issuer';
import { type ForeignIdentity } from './foreign-tokens';
import { permissionsOfScopes } from './scopes';

const NO_ROLE = 'none';
const OUR_SCOPE = /^mcp:/;
const MAX_SCOPES = 200;

/** undefined for somebody who belongs to no workspace of ours. */
export function foreignIdentity(
  issuer: TrustedIssuer,
  claimed: ClaimedIdentity,
  claims: JsonObject,
): ForeignIdentity | undefined {
  const { subject, username, role = NO_ROLE, workspaceId } = claimed;
  if (workspaceId === undefined) return undefined;
  const scopes = limitOf(issuer, claims);
  const principal: Principal = {
    // Two issuers may both have a user 7.
    ...{ id: `${issuer.name}:${subject}`, kind: 'user', name: username, role, workspaceId },
    permissions: scopes === undefined ? permissionsOf(role, []) : cut(role, scopes),
  };
  return scopes === undefined ? { principal } : { principal, scopes };
}

/** What the token is limited to; undefined: to nothing but the role. */
function limitOf({ servesMcp }: TrustedIssuer, claims: JsonObject): readonly string[] | undefined {
  const scopes = scopesOf(claims['scope'] ?? claims['scp']);
  // Where scopes are how people say what a client may do, none means nothing. Elsewhere they speak of other things,
  // such as which data of the profile the token holds, unless one of them is ours.
  return servesMcp || scopes.some((scope) => OUR_SCOPE.test(scope)) ? scopes : undefined;
}

function scopesOf(value: JsonValue | undefined): readonly string[] {
  const words = typeof value === 'string' ? value.split(' ') : Array.isArray(value) ? value : [];
  return words.filter((word): word is string => typeof word === 'string' && word !== '').slice(0, MAX_SCOPES);
}

function cut(role: string, scopes: readonly string[]): ReadonlySet<string> {
  const held = permissionsOf(role, []);
  const ofRole: Iterable<string> = held === 'all' ? PERMISSIONS : held;
  const allowed: ReadonlySet<string> = permissionsOfScopes(scopes);
  return new Set([...[...ofRole].filter((permission) => allowed.has(permission)), ...ALWAYS_HELD]);
}
