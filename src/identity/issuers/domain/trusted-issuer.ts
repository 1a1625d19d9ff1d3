import { type Role } from '../../domain/permissions';

export const SHARED_SECRET_ALGORITHMS = ['HS256', 'HS384', 'HS512'] as const;
export const PUBLIC_KEY_ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
] as const;
export const ALGORITHMS = [...SHARED_SECRET_ALGORITHMS, ...PUBLIC_KEY_ALGORITHMS] as const;
export type Algorithm = (typeof ALGORITHMS)[number];

/** From a claim's values to names of ours. */
export type ClaimMap = Readonly<Record<string, string>>;

/** As a client of its authorization endpoint: how people sign in at the issuer. */
export interface SignInClient {
  readonly clientId: string;
  readonly scopes: readonly string[];
}

/** What is stored and shown of an issuer: everything but its secrets. */
export interface IssuerContent {
  /** In paths and in the trail. */
  readonly name: string;
  /** The exact `iss` of its tokens. */
  readonly issuer: string;
  /** What it calls us, beside our own addresses. */
  readonly audiences: readonly string[];
  readonly algorithms: readonly Algorithm[];
  readonly jwksUrl: string | null;
  /** The claim that holds one role or several; a dot leads into an object unless a claim has that very name. */
  readonly roleClaims: readonly string[];
  /** Empty: roles have our own names. */
  readonly roleMap: ClaimMap;
  /** For tokens that have no role claim at all; a role that is not known never becomes this one. */
  readonly defaultRole: Role | null;
  readonly workspaceClaim: string | null;
  readonly workspaceMap: ClaimMap;
  /** For tokens without the workspace claim. */
  readonly workspaceId: string | null;
  readonly acceptsMissingIssuer: boolean;
  readonly acceptsMissingAudience: boolean;
  /** Its access tokens are for MCP clients, which find it in our metadata; their scopes count. */
  readonly servesMcp: boolean;
  readonly signIn: SignInClient | null;
}

export interface TrustedIssuer extends IssuerContent {
  readonly id: string;
  /** From the settings of the process: shown, not to be changed. */
  readonly isBuiltIn: boolean;
  readonly sharedSecret: Uint8Array | undefined;
  readonly clientSecret: string | undefined;
}
