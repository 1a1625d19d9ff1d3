import { Injectable } from '@nestjs/common';
import { Database } from '@app/database';
import { type Grant, type ResourceType, type SubjectKind } from '../domain/grant';

/** A grant with the workspace whose resource it is about. */
export interface PlacedGrant extends Grant {
  readonly workspaceId: string;
}

export interface StoredGrant extends Grant {
  readonly createdBy: string;
  readonly createdAt: Date;
}

interface GrantRow {
  workspace_id: string;
  resource_type: ResourceType;
  resource_id: string;
  subject_kind: SubjectKind;
  subject: string;
  permissions: string[];
  tools: string[] | null;
  created_by: string;
  created_at: Date;
}

export interface ResourceKey {
  readonly workspaceId: string;
  readonly type: ResourceType;
  readonly id: string;
}

/** More than any installation has; a table that is longer is not believed in part. */
const GRANTS_MAX = 200_000;

/** SQL of grants; joins the caller's transaction. */
@Injectable()
export class GrantStore {
  constructor(private readonly db: Database) {}

  /** Raised by every change that concerns who may do what. */
  async version(): Promise<string> {
    const [row] = await this.db.query<{ version: string }>(
      `SELECT version::text AS version FROM access_version`,
    );
    return row?.version ?? '0';
  }

  async all(): Promise<readonly PlacedGrant[]> {
    const rows = await this.db.query<GrantRow>(`SELECT * FROM resource_grant LIMIT $1`, [GRANTS_MAX + 1]);
    if (rows.length > GRANTS_MAX) throw new RangeError(`more than ${String(GRANTS_MAX)} grants`);
    return rows.map((row) => ({ workspaceId: row.workspace_id, ...toGrant(row) }));
  }

  async of({ workspaceId, type, id }: ResourceKey): Promise<readonly StoredGrant[]> {
    const rows = await this.db.query<GrantRow>(
      `SELECT * FROM resource_grant WHERE workspace_id = $1 AND resource_type = $2 AND resource_id = $3
        ORDER BY subject_kind, subject`,
      [workspaceId, type, id],
    );
    return rows.map((row) => ({ ...toGrant(row), createdBy: row.created_by, createdAt: row.created_at }));
  }

  /** Locks what counts the changes, so that of two that meet the second sees the first. */
  async replace(key: ResourceKey, grants: readonly Grant[], createdBy: string): Promise<void> {
    await this.raise();
    await this.remove(key);
    await this.db.execute(
      `INSERT INTO resource_grant (workspace_id, resource_type, resource_id, subject_kind, subject, permissions, tools, created_by)
       SELECT $1, $2, $3, g.subject_kind, g.subject, g.permissions, g.tools, $5
         FROM jsonb_to_recordset($4::jsonb) AS g(subject_kind text, subject text, permissions text[], tools text[])`,
      [key.workspaceId, key.type, key.id, JSON.stringify(grants.map(toRow)), createdBy],
    );
  }

  /** Returns whether there were any. */
  async forget(key: ResourceKey): Promise<boolean> {
    const removed = await this.remove(key);
    if (removed > 0) await this.raise();
    return removed > 0;
  }

  private remove({ workspaceId, type, id }: ResourceKey): Promise<number> {
    return this.db.execute(
      `DELETE FROM resource_grant WHERE workspace_id = $1 AND resource_type = $2 AND resource_id = $3`,
      [workspaceId, type, id],
    );
  }

  private async raise(): Promise<void> {
    await this.db.execute(`UPDATE access_version SET version = version + 1`);
  }
}

const toGrant = (row: GrantRow): Grant => ({
  resourceType: row.resource_type,
  resourceId: row.resource_id,
  subjectKind: row.subject_kind,
  subject: row.subject,
  permissions: row.permissions,
  ...(row.tools === null ? {} : { tools: row.tools }),
});

const toRow = ({ subjectKind, subject, permissions, tools }: Grant): object => ({
  subject_kind: subjectKind,
  subject,
  permissions,
  tools: tools ?? null,
});
