import { Module } from '@nestjs/common';
import { APP_GUARD, DiscoveryModule } from '@nestjs/core';
import { AuditTrailModule } from '../audit';
import { AccessGuard } from './access.guard';
import { AccessRules } from './access-rules';
import { Authenticator } from './authenticator';
import { ApiKeyStore } from './domain/api-key';
import { MeController } from './http/me.controller';
import { SqlApiKeyStore } from './persistence/sql-api-key.store';

/** Importing it closes every HTTP route of the process. The root provides `IdentityOptions`. */
@Module({
  imports: [AuditTrailModule, DiscoveryModule],
  controllers: [MeController],
  providers: [
    AccessRules,
    Authenticator,
    { provide: ApiKeyStore, useClass: SqlApiKeyStore },
    { provide: APP_GUARD, useClass: AccessGuard },
  ],
  exports: [Authenticator],
})
export class IdentityModule {}
