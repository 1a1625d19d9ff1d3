export { AuditModule, AuditSealerModule, AuditTrailModule } from './audit.module';
export { AuditTrail } from './audit-trail';
export { type AuditOutcome, type AuditRecord } from './domain/audit-entry';
export { AuditSealer } from './sealer/audit-sealer';
