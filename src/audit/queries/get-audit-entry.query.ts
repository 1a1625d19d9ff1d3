import { Query } from '@nestjs/cqrs';
import { type AuditEntryView } from './list-audit.query';

export class GetAuditEntryQuery extends Query<AuditEntryView> {
  constructor(
    /** Whose rows; undefined: of all workspaces. */
    readonly workspaceId: string | undefined,
    readonly id: string,
    /** When it happened; without it an entry about a call is not found. */
    readonly at: Date | undefined,
  ) {
    super();
  }
}
