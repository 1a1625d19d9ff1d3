import { type IQueryHandler, QueryHandler } from '@nestjs/cqrs';
import { AuditTrail } from '../audit-trail';
import { AuditExport, type ExportStream } from '../export/audit-export';
import { ExportAuditQuery } from './export-audit.query';

/** Who takes the whole trail out of the house is a fact of the trail. */
@QueryHandler(ExportAuditQuery)
export class ExportAuditHandler implements IQueryHandler<ExportAuditQuery> {
  constructor(
    private readonly exports: AuditExport,
    private readonly trail: AuditTrail,
  ) {}

  async execute({ request }: ExportAuditQuery): Promise<ExportStream> {
    const stream = await this.exports.open(request);
    this.trail.record({
      ...{ action: 'audit.exported', resourceType: 'audit', resourceId: 'trail', outcome: 'succeeded' },
      detail: { format: request.format },
    });
    return stream;
  }
}
