import { type IQueryHandler, QueryHandler } from '@nestjs/cqrs';
import { type Page } from '@app/kernel';
import { AuditRows } from './audit-rows';
import { type AuditEntryView, ListAuditQuery } from './list-audit.query';

@QueryHandler(ListAuditQuery)
export class ListAuditHandler implements IQueryHandler<ListAuditQuery> {
  constructor(private readonly rows: AuditRows) {}

  execute({ workspaceId, filter, limit, after }: ListAuditQuery): Promise<Page<AuditEntryView>> {
    return this.rows.page({ workspaceId, filter, limit, after, order: 'newest' });
  }
}
