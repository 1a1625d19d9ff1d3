import { Query } from '@nestjs/cqrs';
import { type KeysetPosition, type Page } from '@app/kernel';
import { type AuditEntry } from '../domain/audit-entry';

export interface AuditFilter {
  readonly actor?: string;
  /** A whole name, or the beginning of one with a `*` at its end. */
  readonly action?: string;
  /** `instances`, or `instances/<id>`. */
  readonly resource?: string;
  readonly from?: Date;
  readonly to?: Date;
}

export type AuditEntryView = AuditEntry & { readonly eventId: string | null };

export class ListAuditQuery extends Query<Page<AuditEntryView>> {
  constructor(
    readonly filter: AuditFilter,
    readonly limit: number,
    readonly after: KeysetPosition | undefined,
  ) {
    super();
  }
}
