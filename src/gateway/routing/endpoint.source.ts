import { Injectable } from '@nestjs/common';
import { Database } from '@app/database';
import { type Scope } from '@app/kernel';
import { type EndpointContent, type Prefix, type ToolSelection } from '../domain/virtual-endpoint';

export interface NamedEndpoint {
  readonly workspaceId: string;
  /** Unique in its workspace. */
  readonly name: string;
  readonly content: EndpointContent;
}

/** Where the table of endpoints comes from. Never asked on the call path but for a name that memory does not know. */
export abstract class EndpointSource {
  abstract all(): Promise<readonly NamedEndpoint[]>;
  abstract byName(scope: Scope, name: string): Promise<NamedEndpoint | undefined>;
}

interface EndpointRow {
  workspace_id: string;
  name: string;
  description: string;
  instances: string[];
  tools: ToolSelection;
  prefix: Prefix;
}

const COLUMNS = 'workspace_id, name, description, instances, tools, prefix';
/** More than any installation has; what lies beyond is found by name. */
const ENDPOINTS_MAX = 10_000;

@Injectable()
export class SqlEndpointSource extends EndpointSource {
  constructor(private readonly db: Database) {
    super();
  }

  override async all(): Promise<readonly NamedEndpoint[]> {
    const rows = await this.db.query<EndpointRow>(
      `SELECT ${COLUMNS} FROM virtual_endpoint ORDER BY workspace_id, name LIMIT $1`,
      [ENDPOINTS_MAX],
    );
    return rows.map(toEndpoint);
  }

  override async byName({ workspaceId }: Scope, name: string): Promise<NamedEndpoint | undefined> {
    const [row] = await this.db.query<EndpointRow>(
      `SELECT ${COLUMNS} FROM virtual_endpoint WHERE workspace_id = $1 AND name = $2`,
      [workspaceId, name],
    );
    return row === undefined ? undefined : toEndpoint(row);
  }
}

const toEndpoint = ({ workspace_id: workspaceId, name, ...content }: EndpointRow): NamedEndpoint => ({
  workspaceId,
  name,
  content,
});
