import { Injectable } from '@nestjs/common';
import { Database } from '@app/database';
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
  constructor(private readonly db: Database) {}

  async get(name: string): Promise<EndpointView> {
    const [row] = await this.db.query<EndpointRow>(`SELECT * FROM virtual_endpoint WHERE name = $1`, [name]);
    if (row === undefined) throw new EndpointUnknownError(name);
    return toView(row);
  }

  /** By name, which is unique: it is sort value and id at once. */
  async page(limit: number, after: KeysetPosition | undefined): Promise<Page<EndpointView>> {
    const rows = await this.db.query<EndpointRow>(
      `SELECT * FROM virtual_endpoint WHERE name > $1 ORDER BY name LIMIT $2`,
      [after?.id ?? '', limit + 1],
    );
    const shown = rows.slice(0, limit);
    const last = shown.at(-1);
    const more = rows.length > limit && last !== undefined;
    return { items: shown.map(toView), next: more ? { sort: last.name, id: last.name } : null };
  }
}

const toView = ({ row_version, created_at, updated_at, ...content }: EndpointRow): EndpointView => ({
  ...content,
  rowVersion: row_version,
  createdAt: created_at,
  updatedAt: updated_at,
});
