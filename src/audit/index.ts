export { AuditModule, AuditTrailModule } from './audit.module';
export { AuditTrail } from './audit-trail';
export { type AuditOutcome, type AuditRecord } from './domain/audit-entry';
