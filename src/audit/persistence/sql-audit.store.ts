import { Injectable } from '@nestjs/common';
import { Database, storableJson } from '@app/database';
import { type AuditEntry, AuditStore } from '../domain/audit-entry';

@Injectable()
export class SqlAuditStore extends AuditStore {
  constructor(private readonly db: Database) {
    super();
  }

  /** One statement for a whole batch; a lost answer makes the caller send it again, hence the conflict clause. */
  override async append(entries: readonly AuditEntry[]): Promise<void> {
    await this.db.execute(
      `INSERT INTO audit (id, at, actor, key_id, address, request_id, action, resource_type, resource_id, outcome, detail, workspace_id)
       SELECT * FROM jsonb_to_recordset($1::jsonb) AS e(id uuid, at timestamptz, actor text, key_id text, address text,
         request_id text, action text, resource_type text, resource_id text, outcome text, detail jsonb, workspace_id uuid)
       ON CONFLICT (id) DO NOTHING`,
      [storableJson(entries.map(toRow))],
    );
  }
}

const toRow = (entry: AuditEntry) => ({
  id: entry.id,
  at: entry.at.toISOString(),
  actor: entry.actor,
  key_id: entry.keyId,
  address: entry.address,
  request_id: entry.requestId,
  action: entry.action,
  resource_type: entry.resourceType,
  resource_id: entry.resourceId,
  outcome: entry.outcome,
  detail: entry.detail,
  workspace_id: entry.workspaceId,
});
