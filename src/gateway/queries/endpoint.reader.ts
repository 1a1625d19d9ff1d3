import { Injectable } from '@nestjs/common';
import { Database } from '@app/database';
import { type Principal } from '@app/telemetry';
import { Access } from '../../identity';
import { type KeysetPosition, type Page } from '@app/kernel';
import { EndpointUnknownError } from '../domain/gateway.errors';
import { type Prefix, type ToolSelection } from '../domain/virtual-endpoint';
import { type EndpointView } from './endpoint-view';

interface EndpointRow {
  name: string;
  description: string;
  instances: string[];
  tools: ToolSelection;
  prefix: Prefix;
  row_version: number;
  created_at: Date;
  updated_at: Date;
}

@Injectable()
export class EndpointReader {
  constructor(
    private readonly db: Database,
    private readonly access: Access,
  ) {}

  async get(principal: Principal, name: string): Promise<EndpointView> {
    const { workspaceId } = principal;
    const [row] = await this.db.query<EndpointRow>(
      `SELECT * FROM virtual_endpoint WHERE workspace_id = $1 AND name = $2`,
      [workspaceId, name],
    );
    if (row === undefined) throw new EndpointUnknownError(name);
    const endpoint = { type: 'endpoints', id: name, name, workspaceId } as const;
    this.access.demand(principal, 'endpoints:read', endpoint, () => new EndpointUnknownError(name));
    return toView(row);
  }

  /** By name, which is unique: it is sort value and id at once. */
  async page(
    principal: Principal,
    limit: number,
    after: KeysetPosition | undefined,
  ): Promise<Page<EndpointView>> {
    const { onlyNames, withoutIds } = this.access.reach(principal, 'endpoints', 'endpoints:read');
    const rows = await this.db.query<EndpointRow>(
      `SELECT * FROM virtual_endpoint
        WHERE workspace_id = $3 AND name > $1 AND ($4::text[] IS NULL OR name = ANY ($4)) AND name <> ALL ($5::text[])
        ORDER BY name LIMIT $2`,
      [after?.id ?? '', limit + 1, principal.workspaceId, onlyNames ?? null, withoutIds],
    );
    const shown = rows.slice(0, limit);
    const last = shown.at(-1);
    const more = rows.length > limit && last !== undefined;
    return { items: shown.map(toView), next: more ? { sort: last.name, id: last.name } : null };
  }
}

const toView = ({ name, description, instances, tools, prefix, ...row }: EndpointRow): EndpointView => ({
  ...{ name, description, instances, tools, prefix },
  rowVersion: row.row_version,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
});
