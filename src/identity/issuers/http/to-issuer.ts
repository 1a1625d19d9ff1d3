import { DEFAULT_WORKSPACE_ID } from '@app/kernel';
import { type IssuerContent, type SignInClient, type TrustedIssuer } from '../domain/trusted-issuer';
import { type SecretChange } from '../issuer-checks';
import { issuerDocument } from '../issuer-document';
import { type IssuerDto } from './issuer.dto';
import { type CreateIssuerDto, type SignInDto, type UpdateIssuerDto } from './issuers.dto';

const DEFAULT_SCOPES = ['openid', 'profile', 'email'];

/** What a new issuer is where its description is silent: strict, and a member of the first workspace. */
const defaultsOf = ({ secret }: CreateIssuerDto): Omit<IssuerContent, 'name' | 'issuer'> => ({
  audiences: [],
  algorithms: typeof secret === 'string' ? ['HS256'] : ['RS256', 'ES256', 'EdDSA'],
  jwksUrl: null,
  roleClaims: ['roles', 'role'],
  roleMap: {},
  defaultRole: null,
  workspaceClaim: null,
  workspaceMap: {},
  workspaceId: DEFAULT_WORKSPACE_ID,
  acceptsMissingIssuer: false,
  acceptsMissingAudience: false,
  servesMcp: false,
  signIn: null,
});

export const toIssuer = (body: CreateIssuerDto): IssuerContent => ({
  ...defaultsOf(body),
  name: body.name,
  issuer: body.issuer,
  ...toChange(body),
});

/** Only what was sent; an absent member changes nothing, null empties. */
export function toChange(body: UpdateIssuerDto): Partial<IssuerContent> {
  const { sign_in: signIn } = body;
  const change: { [K in keyof IssuerContent]?: IssuerContent[K] | undefined } = {
    issuer: body.issuer,
    audiences: body.audiences,
    algorithms: body.algorithms,
    jwksUrl: body.jwks_url,
    roleClaims: body.role_claims,
    roleMap: body.role_map,
    defaultRole: body.default_role,
    workspaceClaim: body.workspace_claim,
    workspaceMap: body.workspace_map,
    workspaceId: body.workspace_id,
    acceptsMissingIssuer: body.accepts_missing_issuer,
    acceptsMissingAudience: body.accepts_missing_audience,
    servesMcp: body.serves_mcp,
    signIn: signIn === undefined || signIn === null ? signIn : toSignIn(signIn),
  };
  const sent = Object.entries(change).filter(([, value]) => value !== undefined);
  return Object.fromEntries(sent);
}

export const toSecrets = ({ secret, sign_in: signIn }: UpdateIssuerDto): SecretChange => ({
  shared: secret,
  client: signIn === null ? null : signIn?.client_secret,
});

const toSignIn = ({ client_id: clientId, scopes = DEFAULT_SCOPES }: SignInDto): SignInClient => ({
  clientId,
  scopes: [...new Set(['openid', ...scopes])],
});

export function toDto(issuer: TrustedIssuer, publicUrl: string): IssuerDto {
  const { id, name, isBuiltIn } = issuer;
  // The document has the members of the answer, and the answer two more.
  const document = issuerDocument(issuer) as unknown as Omit<IssuerDto, 'id' | 'built_in'>;
  const at = `${publicUrl}/api/v1/auth/oidc/${name}`;
  const { client_id = '', has_client_secret = false, scopes = [] } = document.sign_in ?? {};
  const signIn = {
    client_id,
    has_client_secret,
    scopes,
    start_url: `${at}/start`,
    redirect_uri: `${at}/callback`,
  };
  return { id, built_in: isBuiltIn, ...document, sign_in: document.sign_in === null ? null : signIn };
}
