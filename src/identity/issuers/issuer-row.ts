import { type Role } from '../domain/permissions';
import { type Algorithm, type ClaimMap, type TrustedIssuer } from './domain/trusted-issuer';

export const SECRET_KINDS = ['shared', 'client'] as const;
export type SecretKind = (typeof SECRET_KINDS)[number];

interface SealedSecret {
  readonly kid: string;
  readonly wrapped_key: string;
  readonly ciphertext: string;
}

export interface IssuerRow {
  id: string;
  name: string;
  issuer: string;
  audiences: string[];
  algorithms: Algorithm[];
  jwks_url: string | null;
  role_claims: string[];
  role_map: ClaimMap;
  default_role: Role | null;
  workspace_claim: string | null;
  workspace_map: ClaimMap;
  workspace_id: string | null;
  accepts_missing_issuer: boolean;
  accepts_missing_audience: boolean;
  serves_mcp: boolean;
  client_id: string | null;
  sign_in_scopes: string[];
  row_version: number;
  secrets: Partial<Record<SecretKind, SealedSecret>> | null;
}

/** Binds a ciphertext to its row: exchanged rows fail to open. */
export const secretAad = (id: string, kind: SecretKind): string => `trusted-issuer|${id}|${kind}`;

export function issuerOf(row: IssuerRow, sharedSecret?: Uint8Array, clientSecret?: string): TrustedIssuer {
  const { id, name, issuer, audiences, algorithms, client_id: clientId } = row;
  return {
    ...{ id, name, issuer, audiences, algorithms, sharedSecret, clientSecret },
    isBuiltIn: false,
    jwksUrl: row.jwks_url,
    roleClaims: row.role_claims,
    roleMap: row.role_map,
    defaultRole: row.default_role,
    workspaceClaim: row.workspace_claim,
    workspaceMap: row.workspace_map,
    workspaceId: row.workspace_id,
    acceptsMissingIssuer: row.accepts_missing_issuer,
    acceptsMissingAudience: row.accepts_missing_audience,
    servesMcp: row.serves_mcp,
    signIn: clientId === null ? null : { clientId, scopes: row.sign_in_scopes },
  };
}
