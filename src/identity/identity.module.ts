import { Module } from '@nestjs/common';
import { APP_GUARD, DiscoveryModule } from '@nestjs/core';
import { AuditTrailModule } from '../audit';
import { RateLimitGuard, RateLimitsModule } from '../limits';
import { SettingsModule } from '../settings';
import { AccessGuard } from './access.guard';
import { AccessRules } from './access-rules';
import { AccessTokens } from './access-tokens/access-tokens';
import { OwnTokens } from './access-tokens/own-tokens';
import { Authenticator } from './authenticator';
import { ApiKeyStore } from './domain/api-key';
import { IdentityFollowsSettings } from './follow-settings';
import { IdentityNotices } from './identity-notices';
import { ISSUER_EXPORTS, ISSUER_PROVIDERS } from './issuers/providers';
import { KeyHolders } from './keys/key-holders';
import { LiveKeys } from './keys/live-keys';
import { SqlApiKeyStore } from './persistence/sql-api-key.store';
import { LiveSessions } from './sessions/live-sessions';
import { SessionCookies } from './sessions/session-cookies';
import { SessionStore } from './sessions/session';
import { SqlSessionStore } from './sessions/sql-session.store';

/** Who calls. Importing it closes every HTTP route of the process. The root provides `IdentityOptions`. */
@Module({
  imports: [AuditTrailModule, DiscoveryModule, RateLimitsModule, SettingsModule],
  providers: [
    AccessRules,
    AccessTokens,
    OwnTokens,
    Authenticator,
    IdentityFollowsSettings,
    IdentityNotices,
    KeyHolders,
    LiveKeys,
    LiveSessions,
    SessionCookies,
    { provide: ApiKeyStore, useClass: SqlApiKeyStore },
    { provide: SessionStore, useClass: SqlSessionStore },
    ...ISSUER_PROVIDERS,
    // In this order: who calls is known when it is counted.
    { provide: APP_GUARD, useClass: AccessGuard },
    { provide: APP_GUARD, useClass: RateLimitGuard },
  ],
  exports: [
    ...ISSUER_EXPORTS,
    ...[AccessTokens, Authenticator, IdentityNotices, KeyHolders, LiveSessions, SessionCookies],
  ],
})
export class IdentityModule {}
