import { Injectable, Logger } from '@nestjs/common';
import { type Channel, CHANNELS } from '@app/contracts';
import { Database, isUniqueViolation } from '@app/database';
import { type Scope } from '@app/kernel';
import { type AppendOptions, EventAppender } from '@app/outbox';
import { PubSub } from '@app/queues';
import { GrantStore } from '../../identity';
import { EndpointRepository } from '../domain/endpoint.repository';
import { EndpointNameTakenError, EndpointUnknownError } from '../domain/gateway.errors';
import { type Prefix, type ToolSelection, VirtualEndpoint } from '../domain/virtual-endpoint';

interface EndpointRow {
  name: string;
  description: string;
  instances: string[];
  tools: ToolSelection;
  prefix: Prefix;
  row_version: number;
}

@Injectable()
export class SqlEndpointRepository extends EndpointRepository {
  /** What was loaded, for as long as somebody works on it: the audit row shows what a change found. */
  private readonly found = new WeakMap<VirtualEndpoint, object>();
  private readonly logger = new Logger(SqlEndpointRepository.name);

  constructor(
    private readonly db: Database,
    private readonly events: EventAppender,
    private readonly pubsub: PubSub,
    private readonly grants: GrantStore,
  ) {
    super();
  }

  override async load({ workspaceId }: Scope, name: string): Promise<VirtualEndpoint> {
    const [row] = await this.db.query<EndpointRow>(
      `SELECT name, description, instances, tools, prefix, row_version FROM virtual_endpoint
        WHERE workspace_id = $1 AND name = $2 FOR UPDATE`,
      [workspaceId, name],
    );
    if (row === undefined) throw new EndpointUnknownError(name);
    const { description, instances, tools, prefix, row_version } = row;
    const content = { description, instances, tools, prefix };
    const endpoint = VirtualEndpoint.restore(name, content, row_version);
    this.found.set(endpoint, { name, ...content });
    return endpoint;
  }

  override async add(scope: Scope, endpoint: VirtualEndpoint): Promise<void> {
    const { name, description, instances, tools, prefix } = endpoint.snapshot();
    try {
      await this.db.execute(
        `INSERT INTO virtual_endpoint (name, description, instances, tools, prefix, workspace_id)
         VALUES ($1, $2, $3, $4::jsonb, $5, $6)`,
        [name, description, instances, JSON.stringify(tools), prefix, scope.workspaceId],
      );
    } catch (error) {
      if (isUniqueViolation(error)) throw new EndpointNameTakenError(name);
      throw error;
    }
    await this.publish(scope, endpoint, { after: endpoint.snapshot() });
  }

  override async save(scope: Scope, endpoint: VirtualEndpoint): Promise<void> {
    const { name, description, instances, tools, prefix } = endpoint.snapshot();
    await this.db.execute(
      `UPDATE virtual_endpoint SET description = $2, instances = $3, tools = $4::jsonb, prefix = $5,
         row_version = row_version + 1, updated_at = now() WHERE workspace_id = $6 AND name = $1`,
      [name, description, instances, JSON.stringify(tools), prefix, scope.workspaceId],
    );
    await this.publish(scope, endpoint, { before: this.found.get(endpoint), after: endpoint.snapshot() });
  }

  override async remove(scope: Scope, endpoint: VirtualEndpoint): Promise<void> {
    const { workspaceId } = scope;
    await this.db.execute(`DELETE FROM virtual_endpoint WHERE workspace_id = $1 AND name = $2`, [
      workspaceId,
      endpoint.name,
    ]);
    if (await this.grants.forget({ workspaceId, type: 'endpoints', id: endpoint.name }))
      this.notify(CHANNELS.identity, `grant:${endpoint.name}`);
    await this.publish(scope, endpoint, { before: endpoint.snapshot() });
  }

  private async publish(
    { workspaceId }: Scope,
    endpoint: VirtualEndpoint,
    change: Pick<AppendOptions, 'before' | 'after'>,
  ): Promise<void> {
    await this.events.append(endpoint.takeEvents(), { workspaceId, ...change });
    this.notify(CHANNELS.endpoints, `${workspaceId}:${endpoint.name}`);
  }

  private notify(channel: Channel, payload: string): void {
    this.db.afterCommit(() => {
      this.pubsub.publish(channel, payload).catch((error: unknown) => {
        this.logger.debug(`the notice of ${payload} was lost: ${String(error)}`);
      });
    });
  }
}
