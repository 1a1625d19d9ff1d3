import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { AuditStore } from './domain/audit-entry';
import { AuditTrail } from './audit-trail';
import { AuditController } from './http/audit.controller';
import { SqlAuditStore } from './persistence/sql-audit.store';
import { ListAuditHandler } from './queries/list-audit.handler';

/** The trail alone, for roles that record and serve no API of their own. */
@Module({
  providers: [AuditTrail, { provide: AuditStore, useClass: SqlAuditStore }],
  exports: [AuditTrail],
})
export class AuditTrailModule {}

@Module({
  imports: [AuditTrailModule, CqrsModule],
  controllers: [AuditController],
  providers: [ListAuditHandler],
  exports: [AuditTrailModule],
})
export class AuditModule {}
