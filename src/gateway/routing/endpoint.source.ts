import { Injectable } from '@nestjs/common';
import { Database } from '@app/database';
import { type EndpointContent, type Prefix, type ToolSelection } from '../domain/virtual-endpoint';

export interface NamedEndpoint {
  readonly name: string;
  readonly content: EndpointContent;
}

/** Where the table of endpoints comes from. Never asked on the call path but for a name that memory does not know. */
export abstract class EndpointSource {
  abstract all(): Promise<readonly NamedEndpoint[]>;
  abstract byName(name: string): Promise<NamedEndpoint | undefined>;
}

interface EndpointRow {
  name: string;
  description: string;
  instances: string[];
  tools: ToolSelection;
  prefix: Prefix;
}

const COLUMNS = 'name, description, instances, tools, prefix';
/** More than any installation has; what lies beyond is found by name. */
const ENDPOINTS_MAX = 10_000;

@Injectable()
export class SqlEndpointSource extends EndpointSource {
  constructor(private readonly db: Database) {
    super();
  }

  override async all(): Promise<readonly NamedEndpoint[]> {
    const rows = await this.db.query<EndpointRow>(
      `SELECT ${COLUMNS} FROM virtual_endpoint ORDER BY name LIMIT $1`,
      [ENDPOINTS_MAX],
    );
    return rows.map(toEndpoint);
  }

  override async byName(name: string): Promise<NamedEndpoint | undefined> {
    const [row] = await this.db.query<EndpointRow>(
      `SELECT ${COLUMNS} FROM virtual_endpoint WHERE name = $1`,
      [name],
    );
    return row === undefined ? undefined : toEndpoint(row);
  }
}

const toEndpoint = ({ name, ...content }: EndpointRow): NamedEndpoint => ({ name, content });
