import { type IQueryHandler, QueryHandler } from '@nestjs/cqrs';
import { isUuid } from '@app/kernel';
import { AuditEntryUnknownError } from '../domain/audit.errors';
import { AuditRows } from './audit-rows';
import { GetAuditEntryQuery } from './get-audit-entry.query';
import { type AuditEntryView } from './list-audit.query';

@QueryHandler(GetAuditEntryQuery)
export class GetAuditEntryHandler implements IQueryHandler<GetAuditEntryQuery> {
  constructor(private readonly rows: AuditRows) {}

  async execute({ workspaceId, id, at }: GetAuditEntryQuery): Promise<AuditEntryView> {
    const entry = isUuid(id) ? await this.rows.find(workspaceId, id, at) : undefined;
    if (entry === undefined) throw new AuditEntryUnknownError();
    return entry;
  }
}
