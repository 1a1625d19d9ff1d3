import { Injectable } from '@nestjs/common';
import { Database } from '@app/database';
import { isUuid, type Scope } from '@app/kernel';
import { type Resource, type ResourceType } from '../domain/grant';

interface ResourceRow {
  id: string;
  name: string;
}

/** By id or by name, within one workspace. Endpoints have no other id than their name. */
const QUERIES: Readonly<Partial<Record<ResourceType, string>>> = {
  instances: `SELECT id::text, name FROM instance_view WHERE workspace_id = $1 AND (id = $2::uuid OR name = $3)
               ORDER BY id = $2::uuid DESC NULLS LAST LIMIT 1`,
  endpoints: `SELECT name AS id, name FROM virtual_endpoint WHERE workspace_id = $1 AND $2::uuid IS NOT DISTINCT FROM $2 AND name = $3`,
  pipelines: `SELECT id::text, name FROM pipeline WHERE workspace_id = $1 AND (id = $2::uuid OR name = $3)
               AND archived_at IS NULL ORDER BY id = $2::uuid DESC NULLS LAST LIMIT 1`,
};

/** What a grant, or a question about one, can be about. */
@Injectable()
export class Resources {
  constructor(private readonly db: Database) {}

  async find({ workspaceId }: Scope, type: ResourceType, idOrName: string): Promise<Resource | undefined> {
    const query = QUERIES[type];
    if (query === undefined) return undefined;
    const [row] = await this.db.query<ResourceRow>(query, [
      workspaceId,
      isUuid(idOrName) ? idOrName : null,
      idOrName,
    ]);
    return row === undefined ? undefined : { type, id: row.id, name: row.name, workspaceId };
  }
}
