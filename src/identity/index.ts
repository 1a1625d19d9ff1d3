export { type AuthenticateOptions, Authenticator } from './authenticator';
export { Access, type Reach } from './access/access';
export { AccessModule } from './access/access.module';
export { GrantStore } from './access/grant.store';
export { authorize, decide, type Decision, may } from './authorize';
export { bearerOf, refuseCredentialInUrl } from './bearer';
export {
  CredentialInUrlError,
  IdentityUnavailableError,
  PermissionDeniedError,
  UnauthenticatedError,
} from './domain/identity.errors';
export { type Grant, type Resource, type ResourceType } from './domain/grant';
export { isPermission, type Permission, PERMISSIONS, ROLE_PERMISSIONS, ROLES } from './domain/permissions';
export { type IdentityNotice, IdentityNotices } from './identity-notices';
export { IdentityModule } from './identity.module';
export { IdentityOptions } from './identity.options';
export { type Scope, scopeOf, scopeOfRequest } from './scope';
export { SessionCookies } from './sessions/session-cookies';
