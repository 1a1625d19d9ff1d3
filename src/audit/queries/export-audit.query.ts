import { Query } from '@nestjs/cqrs';
import { type ExportRequest, type ExportStream } from '../export/audit-export';

export class ExportAuditQuery extends Query<ExportStream> {
  constructor(readonly request: ExportRequest) {
    super();
  }
}
