import { type JsonObject } from '@app/kernel';
import { type TrustedIssuer } from './domain/trusted-issuer';

/** As it leaves the process, in events and answers: what secrets there are, and none of them. */
export function issuerDocument(issuer: TrustedIssuer): JsonObject {
  const { signIn } = issuer;
  return {
    name: issuer.name,
    issuer: issuer.issuer,
    audiences: issuer.audiences,
    algorithms: issuer.algorithms,
    jwks_url: issuer.jwksUrl,
    has_secret: issuer.sharedSecret !== undefined,
    role_claims: issuer.roleClaims,
    role_map: issuer.roleMap,
    default_role: issuer.defaultRole,
    workspace_claim: issuer.workspaceClaim,
    workspace_map: issuer.workspaceMap,
    workspace_id: issuer.workspaceId,
    accepts_missing_issuer: issuer.acceptsMissingIssuer,
    accepts_missing_audience: issuer.acceptsMissingAudience,
    serves_mcp: issuer.servesMcp,
    sign_in:
      signIn === null
        ? null
        : {
            client_id: signIn.clientId,
            has_client_secret: issuer.clientSecret !== undefined,
            scopes: signIn.scopes,
          },
  };
}
