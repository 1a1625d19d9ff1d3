import { Module } from '@nestjs/common';
import { AuditTrailModule } from '../audit';
import { LoginLimits, RateLimitsModule } from '../limits';
import { AccessModule } from './access/access.module';
import { RefreshTokens } from './access-tokens/refresh-tokens';
import { TokenGrants } from './access-tokens/token-grants';
import { GrantSubjects } from './grants/grant-subjects';
import { Grants } from './grants/grants';
import { GrantsController } from './grants/grants.controller';
import { AdminLinksController } from './http/admin-links.controller';
import { ApiKeysController } from './http/api-keys.controller';
import { AuthController } from './http/auth.controller';
import { OwnSessionsController } from './http/own-sessions.controller';
import { OwnPasswordController } from './http/own-password.controller';
import { RolesController } from './http/roles.controller';
import { SessionController } from './http/session.controller';
import { UsersController } from './http/users.controller';
import { IssuersController } from './issuers/http/issuers.controller';
import { ISSUER_CHANGE_PROVIDERS } from './issuers/providers';
import { OidcController } from './oidc/http/oidc.controller';
import { OIDC_PROVIDERS } from './oidc/providers';
import { IdentityHousekeeping } from './identity-housekeeping';
import { IdentityModule } from './identity.module';
import { ApiKeys } from './keys/api-keys';
import { KeyRows } from './keys/key-rows';
import { Passwords } from './passwords/passwords';
import { OwnSessions } from './sessions/own-sessions';
import { Sessions } from './sessions/sessions';
import { KeyCheck } from './sign-in/key-check';
import { PasswordCheck } from './sign-in/password-check';
import { PrincipalsModule } from './principals/principals.module';
import { SignInLimits } from './sign-in/sign-in-limits';
import { AdminLinks, FirstLink } from './tickets/admin-links';
import { OneTimeTokens } from './tickets/one-time-tokens';
import { SocketTickets } from './tickets/socket-tickets';
import { ExternalAccounts } from './users/external-accounts';
import { OwnAccount } from './users/own-account';
import { UserAccounts } from './users/user-accounts';
import { UserJournal } from './users/user-journal';
import { UserLives } from './users/user-lives';
import { UserRows } from './users/user-rows';
import { SavedViews } from './views/saved-views';
import { SavedViewsController } from './views/saved-views.controller';
import { UserPermissionsController } from './views/user-permissions.controller';
import { WorkspaceRows } from './workspaces/workspace-rows';
import { Workspaces } from './workspaces/workspaces';
import { WorkspacesController } from './workspaces/workspaces.controller';

const USERS = [UserRows, UserJournal, UserLives, UserAccounts, OwnAccount, ExternalAccounts];
const SIGN_IN = [
  ...[Passwords, PasswordCheck, KeyCheck, Sessions, OwnSessions, RefreshTokens, TokenGrants],
  { provide: SignInLimits, useExisting: LoginLimits },
];
const KEYS = [KeyRows, ApiKeys];
const ONCE = [OneTimeTokens, SocketTickets, AdminLinks, FirstLink];

const WORKSPACES = [WorkspaceRows, Workspaces, GrantSubjects, Grants];

/** Who else proves who somebody is. */
const OTHERS = [...ISSUER_CHANGE_PROVIDERS, ...OIDC_PROVIDERS];

/** Users, sign-in and keys over HTTP: for the process that changes things. */
@Module({
  imports: [AccessModule, AuditTrailModule, IdentityModule, PrincipalsModule, RateLimitsModule],
  controllers: [
    ...[AdminLinksController, ApiKeysController, AuthController, IssuersController, OidcController],
    ...[OwnPasswordController, OwnSessionsController, SavedViewsController, UserPermissionsController],
    ...[RolesController, SessionController, UsersController, WorkspacesController, GrantsController],
  ],
  providers: [
    ...USERS,
    ...SIGN_IN,
    ...KEYS,
    ...ONCE,
    ...OTHERS,
    ...WORKSPACES,
    SavedViews,
    IdentityHousekeeping,
  ],
  exports: [ApiKeys, ExternalAccounts, Sessions, SocketTickets],
})
export class IdentityApiModule {}
