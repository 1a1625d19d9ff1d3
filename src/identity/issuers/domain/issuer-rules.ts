import { type FieldProblem } from '@app/kernel';
import { isRole } from '../../domain/permissions';
import {
  type Algorithm,
  type IssuerContent,
  PUBLIC_KEY_ALGORITHMS,
  SHARED_SECRET_ALGORITHMS,
} from './trusted-issuer';

/** Shorter secrets can be found by trying (RFC 7518 wants as many bits as the hash has). */
export const MIN_SECRET_LENGTH = 32;
const NAME = /^[a-z0-9](-?[a-z0-9]){0,62}$/;
const WORD = /^[\x21-\x7e]{1,512}$/;
const LOOPBACK = /^(localhost|127\.0\.0\.1|\[::1\])$/;

/** Which of its secrets an issuer has, or gets. */
export interface SecretsGiven {
  readonly shared: boolean;
  readonly client: boolean;
}

/** All that can be said without asking anybody. */
export function faultsOfIssuer(content: IssuerContent, given: SecretsGiven): FieldProblem[] {
  return [
    ...faultsOfNames(content),
    ...faultsOfKeys(content, given),
    ...faultsOfClaims(content),
    ...faultsOfUse(content, given),
  ];
}

/** `https`, or `http` to this very machine: what is said over anything else can be read and changed on the way. */
export function isSafeUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, username, password } = new URL(text);
  if (username !== '' || password !== '') return false;
  return protocol === 'https:' || (protocol === 'http:' && LOOPBACK.test(hostname));
}

function faultsOfNames({ name, issuer, audiences }: IssuerContent): FieldProblem[] {
  return [
    ...(NAME.test(name) ? [] : [problem('/name', 'must be 1-63 small letters, digits and single dashes')]),
    ...(WORD.test(issuer) ? [] : [problem('/issuer', 'must be 1-512 characters without spaces')]),
    ...audiences.flatMap((audience, at) =>
      WORD.test(audience) ? [] : [problem(`/audiences/${at}`, 'must be 1-512 characters without spaces')],
    ),
  ];
}

function faultsOfKeys(
  { algorithms, jwksUrl, signIn }: IssuerContent,
  { shared }: SecretsGiven,
): FieldProblem[] {
  const faults: FieldProblem[] = [];
  if (shared && jwksUrl !== null) faults.push(problem('/secret', 'cannot go together with jwks_url'));
  if (!shared && jwksUrl === null && signIn === null)
    faults.push(problem('/jwks_url', 'is needed, unless there is a secret or sign_in'));
  const allowed: readonly Algorithm[] = shared ? SHARED_SECRET_ALGORITHMS : PUBLIC_KEY_ALGORITHMS;
  if (algorithms.length === 0) faults.push(problem('/algorithms', 'must name at least one algorithm'));
  // A public key that is taken for a shared secret lets everybody sign.
  if (!algorithms.every((algorithm) => allowed.includes(algorithm)))
    faults.push(problem('/algorithms', `may only be ${allowed.join(', ')} with this kind of key`));
  return faults;
}

function faultsOfClaims({
  roleClaims,
  roleMap,
  workspaceClaim,
  workspaceMap,
}: IssuerContent): FieldProblem[] {
  const faults: FieldProblem[] = [];
  if (roleClaims.length === 0) faults.push(problem('/role_claims', 'must name at least one claim'));
  for (const [value, role] of Object.entries(roleMap))
    if (!isRole(role)) faults.push(problem(`/role_map/${pointer(value)}`, 'must be a role'));
  if (workspaceClaim === null && Object.keys(workspaceMap).length > 0)
    faults.push(problem('/workspace_claim', 'is needed for workspace_map'));
  return faults;
}

function faultsOfUse(content: IssuerContent, given: SecretsGiven): FieldProblem[] {
  const { issuer, signIn, servesMcp } = content;
  const isAsked = signIn !== null || servesMcp;
  return [
    ...(isAsked && !isSafeUrl(issuer)
      ? [problem('/issuer', 'must be an https address for sign_in and serves_mcp')]
      : []),
    ...faultsOfSignIn(content, given),
    ...faultsOfMcp(content, given),
  ];
}

function faultsOfSignIn({ signIn }: IssuerContent, { shared, client }: SecretsGiven): FieldProblem[] {
  if (signIn === null) return client ? [problem('/sign_in', 'is needed for a client secret')] : [];
  return shared ? [problem('/sign_in', 'needs an issuer with public keys')] : [];
}

function faultsOfMcp(content: IssuerContent, { shared }: SecretsGiven): FieldProblem[] {
  const { servesMcp, acceptsMissingAudience, jwksUrl } = content;
  if (!servesMcp) return [];
  return [
    ...(acceptsMissingAudience
      ? [problem('/accepts_missing_audience', 'must be false: a token for MCP names what it is for')]
      : []),
    ...(jwksUrl === null && !shared ? [problem('/jwks_url', 'is needed for serves_mcp')] : []),
  ];
}

const pointer = (key: string): string => key.replaceAll('~', '~0').replaceAll('/', '~1');
export const problem = (at: string, detail: string): FieldProblem => ({
  pointer: at,
  code: 'issuer',
  detail,
});
