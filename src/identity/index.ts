export { Authenticator } from './authenticator';
export { authorize, may } from './authorize';
export { bearerOf, refuseCredentialInUrl } from './bearer';
export {
  CredentialInUrlError,
  IdentityUnavailableError,
  PermissionDeniedError,
  UnauthenticatedError,
} from './domain/identity.errors';
export { isPermission, type Permission, PERMISSIONS, ROLE_PERMISSIONS, ROLES } from './domain/permissions';
export { IdentityModule } from './identity.module';
export { IdentityOptions } from './identity.options';
