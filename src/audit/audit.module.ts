import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { ChainKeys } from './chain/chain-keys';
import { AuditStore } from './domain/audit-entry';
import { AuditTrail } from './audit-trail';
import { AuditExport } from './export/audit-export';
import { ExportSigner } from './export/export-signer';
import { AuditController } from './http/audit.controller';
import { SealStore } from './persistence/seal-store';
import { SealableRows } from './persistence/sealable-rows';
import { SegmentStore } from './persistence/segment-store';
import { SqlAuditStore } from './persistence/sql-audit.store';
import { AuditRows } from './queries/audit-rows';
import { ExportAuditHandler } from './queries/export-audit.handler';
import { GetAuditEntryHandler } from './queries/get-audit-entry.handler';
import { ListAuditHandler } from './queries/list-audit.handler';
import { VerifyAuditHandler } from './queries/verify-audit.handler';
import { AuditSealer } from './sealer/audit-sealer';
import { ChainWriter } from './sealer/chain-writer';
import { SegmentKeeper } from './sealer/segment-keeper';
import { Verifier } from './verify/verifier';

/** The trail alone, for roles that record and serve no API of their own. */
@Module({
  providers: [AuditTrail, { provide: AuditStore, useClass: SqlAuditStore }],
  exports: [AuditTrail],
})
export class AuditTrailModule {}

const CHAIN = [ChainKeys, SealStore, SealableRows, SegmentStore, Verifier];

@Module({
  imports: [AuditTrailModule, CqrsModule],
  controllers: [AuditController],
  providers: [
    ...CHAIN,
    AuditRows,
    AuditExport,
    ExportSigner,
    ListAuditHandler,
    GetAuditEntryHandler,
    VerifyAuditHandler,
    ExportAuditHandler,
  ],
  exports: [AuditTrailModule],
})
export class AuditModule {}

/** Seals what the other roles write. */
@Module({
  providers: [...CHAIN, ChainWriter, SegmentKeeper, AuditSealer],
  exports: [AuditSealer, ChainWriter, SegmentKeeper, Verifier],
})
export class AuditSealerModule {}
