import { type JsonObject } from '@app/kernel';

export type AuditOutcome = 'succeeded' | 'denied' | 'failed';

/** What somebody who records says; who, when and under which request come from the context. */
export interface AuditRecord {
  /** An event's name, `request.denied`, `mcp.tool.called` … */
  readonly action: string;
  /** Plural noun: `instances`, `secrets`, `routes`. */
  readonly resourceType: string;
  readonly resourceId: string;
  readonly outcome: AuditOutcome;
  /** snake_case; shapes and names, never values that a policy did not allow. */
  readonly detail?: JsonObject;
  /** Whose it is. Default: the workspace of whoever acts. */
  readonly workspaceId?: string;
}

export interface AuditEntry extends Required<AuditRecord> {
  readonly id: string;
  readonly at: Date;
  readonly actor: string;
  readonly keyId: string | null;
  readonly address: string | null;
  readonly requestId: string | null;
}

/** Where entries end up. Insertion of an entry that is there already changes nothing: a batch may be sent twice. */
export abstract class AuditStore {
  abstract append(entries: readonly AuditEntry[]): Promise<void>;
}
