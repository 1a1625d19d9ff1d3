export { type AuthenticateOptions, Authenticator } from './authenticator';
export { Access, type Reach } from './access/access';
export { AccessModule } from './access/access.module';
export { HeldRequests } from './access/held-requests';
export { type EndOfAccess, type OpenStream, OpenStreams } from './access/open-streams';
export { GrantStore } from './access/grant.store';
export { authorize, decide, type Decision, may } from './authorize';
export { bearerOf, refuseCredentialInUrl } from './bearer';
export { CallersModule } from './callers.module';
export {
  CredentialInUrlError,
  IdentityUnavailableError,
  PermissionDeniedError,
  UnauthenticatedError,
} from './domain/identity.errors';
export { type Grant, type Resource, type ResourceType } from './domain/grant';
export { isPermission, type Permission, PERMISSIONS, ROLE_PERMISSIONS, ROLES } from './domain/permissions';
export { type IdentityNotice, IdentityNotices } from './identity-notices';
export { IdentityApiModule } from './identity-api.module';
export { IdentityModule } from './identity.module';
export { IdentityOptions } from './identity.options';
export { IssuerSettings } from './issuers/issuer-settings';
export { OwnAddresses } from './issuers/own-addresses';
export { FIRST_SCOPE, MCP_SCOPES, oauthScopeOf } from './issuers/scopes';
export { TrustedIssuers } from './issuers/trusted-issuers';
export { Principals, type StoredIdentity } from './principals/principals';
export { PrincipalsModule } from './principals/principals.module';
export { type Scope, scopeOf, scopeOfRequest } from './scope';
export { SessionCookies } from './sessions/session-cookies';
export { ApiKeys, type FreshKey } from './keys/api-keys';
export { type NewKey } from './keys/issued-key';
export { SocketTickets } from './tickets/socket-tickets';
export { type ExternalSignIn, type ExternalUser, ExternalAccounts } from './users/external-accounts';
