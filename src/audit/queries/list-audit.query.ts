import { Query } from '@nestjs/cqrs';
import { type JsonObject, type KeysetPosition, type Page } from '@app/kernel';
import { type AuditEntry, type AuditOutcome } from '../domain/audit-entry';

export interface AuditFilter {
  readonly actor?: string;
  /** A whole name, or the beginning of one with a `*` at its end. */
  readonly action?: string;
  /** `instances`, or `instances/<id>`. */
  readonly resource?: string;
  readonly from?: Date;
  readonly to?: Date;
  readonly outcome?: AuditOutcome;
  readonly request_id?: string;
}

export interface AuditEntryView extends Omit<AuditEntry, 'workspaceId'> {
  /** Rows written before there were workspaces, and those of requests without one, have none. */
  readonly workspaceId: string | null;
  readonly eventId: string | null;
  readonly before: JsonObject | null;
  readonly after: JsonObject | null;
}

export class ListAuditQuery extends Query<Page<AuditEntryView>> {
  constructor(
    /** Whose rows; undefined: of all workspaces. */
    readonly workspaceId: string | undefined,
    readonly filter: AuditFilter,
    readonly limit: number,
    readonly after: KeysetPosition | undefined,
  ) {
    super();
  }
}
